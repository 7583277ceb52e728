/**
 * `<latest-posts src="https://…/nhs/embed.html" heading-level="2" limit="5">`: fetches the fragment from our origin and
 * puts it into the page (light DOM). What the element held before stays when the feed cannot be had, and while the
 * keyboard is in it. Works under a strict CSP, trusted types too: no inline style, no eval; themable by custom properties.
 */
if (!customElements.get('latest-posts')) {
  const style = new CSSStyleSheet();
  style.replaceSync(`latest-posts{display:block;font-family:var(--latest-posts-font,inherit);color:var(--latest-posts-colour,#212b32)}
.latest-posts__post{border:1px solid var(--latest-posts-line,#d8dde0);border-radius:var(--latest-posts-radius,8px);padding:16px;margin:0 0 16px;background:var(--latest-posts-background,#fff);overflow-wrap:anywhere}
.latest-posts__title{margin:0 0 16px}
.latest-posts__head{display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center}
.latest-posts__avatar img{border-radius:50%;display:block;width:48px;height:48px}
.latest-posts__name{font-weight:700}
.latest-posts a{color:var(--latest-posts-link,#005eb8)}
.latest-posts__credit,.latest-posts__note{color:var(--latest-posts-muted,#4c6272);margin:4px 0}
.latest-posts__text{margin:8px 0;white-space:normal}
.latest-posts__picture{margin:8px 0}
.latest-posts__quote,.latest-posts__part{border-left:4px solid var(--latest-posts-line,#d8dde0);margin:16px 0 0;padding-left:16px}
.latest-posts__picture img,.latest-posts__still{max-width:min(100%,var(--latest-posts-picture,640px));height:auto;border-radius:var(--latest-posts-radius,8px)}
.latest-posts__foot{display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0 0}
.latest-posts__mark{vertical-align:-2px}`);
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
