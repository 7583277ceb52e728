/**
 * `<latest-posts src="https://…/nhs/embed.html" heading-level="2" limit="5">`: fetches the fragment from our origin and
 * puts it into the page (light DOM). What the element held before stays when the feed cannot be had, and while the
 * keyboard is in it. Its style is that of `/embed.css`, put in where it says so when it is served. Works under a strict CSP, trusted types too: no inline style, no eval; themable by custom properties.
 */
if (!customElements.get('latest-posts')) {
  const style = new CSSStyleSheet();
  style.replaceSync('embed.css');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
  const html = globalThis.trustedTypes?.createPolicy('latest-posts', { createHTML: (text) => text });
  customElements.define(
    'latest-posts',
    class extends HTMLElement {
      static observedAttributes = ['src', 'heading-level', 'limit'];
      connectedCallback() {
        this.ask();
      }
      attributeChangedCallback() {
        if (this.isConnected) this.ask();
      }
      /** Several changes at once are one look. */
      ask() {
        this.asked ??= Promise.resolve().then(() => {
          this.asked = null;
          return this.load().catch(() => {});
        });
      }
      async load() {
        const src = this.address();
        if (!src) return;
        const response = await fetch(src, { credentials: 'omit' });
        if (!response.ok) return response.body?.cancel();
        const text = await response.text();
        const parsed = new DOMParser().parseFromString(html ? html.createHTML(text) : text, 'text/html');
        const posts = parsed.querySelector('.latest-posts');
        if (this.contains(document.activeElement))
          await new Promise((left) => this.addEventListener('focusout', left, { once: true }));
        if (posts && src === this.address()) this.replaceChildren(posts);
      }
      /** Null without a `src`. */
      address() {
        const src = this.getAttribute('src');
        if (!src) return null;
        const address = new URL(src, document.baseURI);
        for (const [attribute, parameter] of [
          ['heading-level', 'heading'],
          ['limit', 'limit'],
        ])
          if (this.hasAttribute(attribute)) address.searchParams.set(parameter, this.getAttribute(attribute));
        return address.href;
      }
    },
  );
}
