// The desk with JavaScript: the preview, the price, the exact count and the warnings come while one types, from the
// same code that decides when the form is sent. Nothing here is needed to post.
const form = document.querySelector('form[data-live-preview]');
const panel = document.getElementById('look');
const said = document.getElementById('look-said');
const PAUSE = 700;

if (form && panel) {
  let waiting;
  let asked = 0;
  const renew = async () => {
    asked += 1;
    const mine = asked;
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
    const answer = await fetch(form.dataset.livePreview, { method: 'POST', body: new URLSearchParams(fields) });
    if (!answer.ok || answer.redirected || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.baton-look');
    if (!fresh) return;
    panel.replaceChildren(fresh);
    for (const part of fresh.querySelectorAll('[data-field]')) count(part.dataset);
    if (said.textContent !== fresh.dataset.says) said.textContent = fresh.dataset.says;
  };
  form.addEventListener('input', () => {
    // An answer that is under way is about other words.
    asked += 1;
    clearTimeout(waiting);
    waiting = setTimeout(() => renew().catch(() => undefined), PAUSE);
  });
}

function count({ field, length, max }) {
  const line = document.querySelector(`[data-count-for="${CSS.escape(field)}"]`);
  if (!line) return;
  const over = Number(length) - Number(max);
  line.textContent = over > 0 ? `${over} characters too many` : `${length} of ${max} characters used`;
  line.classList.toggle('baton-count--over', over > 0);
}

// Videos on their way up: asked for anew until there is none.
const uploads = document.querySelector('[data-uploads]');
if (uploads?.childElementCount) {
  const look = async () => {
    const answer = await fetch(uploads.dataset.uploads, { headers: { accept: 'text/html' } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
    uploads.replaceChildren(...fresh.childNodes);
    if (uploads.childElementCount) setTimeout(() => look().catch(() => undefined), 2_000);
  };
  setTimeout(() => look().catch(() => undefined), 2_000);
}
