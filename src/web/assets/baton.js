// Small improvements for visitors with JavaScript. Every page works without it.
const summary = document.querySelector('.nhsuk-error-summary');
if (summary) {
  summary.setAttribute('tabindex', '-1');
  summary.focus();
}

// The desk's count while one types. X weighs text: most letters 1, the rest 2, an emoji sequence 2, a link 23
// (https://docs.x.com/fundamentals/counting-characters). The server counts again before anything is
// sent, and on the desk while one types: until then this is an estimate, and says so.
const light = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];
const weigh = ({ segment }) => {
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment)) return 2;
  return [...segment].reduce((sum, letter) => {
    const code = letter.codePointAt(0);
    return sum + (light.some(([from, to]) => from <= code && code <= to) ? 1 : 2);
  }, 0);
};

for (const counter of document.querySelectorAll('[data-count-for]')) {
  const field = document.getElementById(counter.dataset.countFor);
  const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const show = () => {
    const text = field.value.normalize('NFC').replace(/https?:\/\/[^\s]+/g, 'x'.repeat(23));
    const length = [...segments.segment(text)].reduce((sum, each) => sum + weigh(each), 0);
    const max = Number(field.dataset.count);
    const over = length > max;
    counter.textContent = over ? `About ${length - max} characters too many` : `About ${length} of ${max} characters used`;
    counter.classList.toggle('baton-count--over', over);
  };
  field.addEventListener('input', show);
}

// A page that tells of its changes by server-sent events: what changed is asked for anew and put in its place, the focus
// stays where it was, and a screen reader hears how it stands now.
const live = document.querySelector('[data-live]');
if (live && 'EventSource' in window) {
  const stream = new EventSource(live.dataset.live);
  const renew = async () => {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (answer.redirected || !answer.ok) return stream.close();
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    if (!fresh) return stream.close();
    const focused = live.contains(document.activeElement) ? placeOf(document.activeElement) : null;
    live.replaceChildren(...fresh.childNodes);
    if (focused) live.querySelector(focused)?.focus({ preventScroll: true });
    const says = fresh.dataset.liveSays;
    if (says !== live.dataset.liveSays) document.getElementById('live-said').textContent = says;
    live.dataset.liveSays = says;
  };
  stream.addEventListener('changed', () => renew().catch(() => undefined));
  window.addEventListener('pagehide', () => stream.close());
}

function placeOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute('href');
  if (href) return `a[href="${CSS.escape(href)}"]`;
  const action = element.closest('form')?.getAttribute('action');
  return action ? `form[action="${CSS.escape(action)}"] ${element.localName}` : null;
}
