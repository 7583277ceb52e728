/**
 * `<latest-posts src="https://…/nhs/embed.html" heading-level="2" limit="5">`: fetches the fragment from our origin and
 * puts it into the page (light DOM). What the element held before stays when the feed cannot be had, and while the
 * keyboard is in it. It looks again when somebody comes back to the page more than five minutes after its last look.
 * Its style is that of `/embed.css`, put in where it says so when it is served. Works under a strict CSP, trusted types
 * too: no inline style, no eval; themable by custom properties.
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
        addEventListener('pageshow', this);
        document.addEventListener('visibilitychange', this);
        this.ask();
      }
      disconnectedCallback() {
        removeEventListener('pageshow', this);
        document.removeEventListener('visibilitychange', this);
      }
      handleEvent() {
        if (!document.hidden && Date.now() - this.lookedAt > 300_000) this.ask();
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
        const at = Date.now();
        this.lookedAt = at;
        const response = await fetch(src, { credentials: 'omit' });
        if (!response.ok) return response.body?.cancel();
        const text = await response.text();
        const parsed = new DOMParser().parseFromString(html ? html.createHTML(text) : text, 'text/html');
        const posts = parsed.querySelector('.latest-posts');
        // Only in the next task is it known where the keyboard went: it may still be in here.
        while (this.contains(document.activeElement))
          await new Promise((left) => this.addEventListener('focusout', () => setTimeout(left), { once: true }));
        if (!posts || text === this.text || src !== this.address() || at !== this.lookedAt) return;
        this.text = text;
        this.replaceChildren(posts);
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
