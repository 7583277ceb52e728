// The desk keeps what is written while somebody types, and says so. Without scripts there is the button for it.
const form = document.querySelector('form[data-autosave]');
const said = document.getElementById('autosaved');
const QUIET = 1500;
let timer;
let busy = false;
let again = false;
let over = false;

const words = () => {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  return new URLSearchParams(fields);
};
const field = (name) => form.elements.namedItem(name);

async function save() {
  if (over) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const headers = { accept: 'application/json' };
    const answer = await fetch(form.dataset.autosave, { method: 'POST', body: words(), headers });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    tell(await answer.json());
  } catch {
    said.textContent = 'Not saved yet. Your words are still on this page; we try again as you type.';
  }
  busy = false;
  if (again) soon();
  again = false;
}

function tell({ key, version, apart, ended }) {
  if (ended) {
    if (!over) said.textContent = 'This was sent. What you change here is not kept: open the desk anew to write another post.';
    return;
  }
  field('key').value = key;
  field('version').value = version;
  if (!over) history.replaceState(null, '', `${location.pathname}?draft=${key}`);
  said.textContent = apart
    ? 'This draft was changed in another window. What you write here is kept as a draft of its own; the other stays as it is.'
    : 'Saved as a draft.';
  if (apart) said.setAttribute('role', 'alert');
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(save, QUIET);
}

if (form && said) {
  form.addEventListener('input', soon);
  form.addEventListener('submit', (event) => {
    over = true;
    clearTimeout(timer);
    if (plainly || chosen().reduce((sum, { size }) => sum + size, 0) < WORTH_SHOWING) return;
    event.preventDefault();
    upload(event.submitter);
  });
  // The page comes back as it was left.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    over = false;
    renew(LOOKS).catch(() => undefined);
  });
}

// What is large goes up first, kept with the draft, and says how far it is; then the form is sent without it.
const WORTH_SHOWING = 1_000_000;
let plainly = false;
const uploading = document.getElementById('uploading');
const fileFields = () => [...form.querySelectorAll('input[type=file]')];
const chosen = () => fileFields().flatMap(({ files }) => [...files]);

function upload(submitter) {
  const request = new XMLHttpRequest();
  request.open('POST', `${form.dataset.desk}/drafts`);
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    const percent = Math.floor((loaded * 100) / total);
    document.getElementById('uploaded').value = percent;
    document.getElementById('uploaded-words').textContent = percent < 100 ? `${percent}%` : 'Being made ready';
  });
  request.addEventListener('load', () => arrived(request, submitter));
  request.addEventListener('error', () => stopped('The upload broke off. Nothing was sent; press the button again.'));
  request.addEventListener('abort', () => stopped('The upload was cancelled. Nothing was sent.', submitter));
  document.getElementById('upload-cancel').onclick = () => request.abort();
  show(true);
  uploading.focus();
  request.send(new FormData(form));
}

function show(goesOn) {
  uploading.hidden = !goesOn;
  form.inert = goesOn;
  document.getElementById('upload-said').textContent = '';
}

function stopped(words, focus) {
  show(false);
  over = false;
  document.getElementById('upload-said').textContent = words;
  focus?.focus();
}

function arrived(request, submitter) {
  const fresh = new DOMParser().parseFromString(request.responseText, 'text/html');
  const isDesk = fresh.querySelector('form[data-autosave]') !== null;
  show(false);
  if (!isDesk) {
    plainly = true;
    return form.requestSubmit(submitter);
  }
  keep(fresh);
  if (request.status !== 200) return problems(fresh);
  if (submitter?.getAttribute('formaction') === `${form.dataset.desk}/drafts`) return location.assign(request.responseURL);
  form.requestSubmit(submitter);
}

function keep(fresh) {
  for (const name of ['key', 'version']) field(name).value = fresh.querySelector(`form [name=${name}]`).value;
  for (const area of document.querySelectorAll('[data-media]'))
    area.replaceChildren(...(fresh.querySelector(`[data-media="${area.dataset.media}"]`)?.childNodes ?? []));
}

function problems(fresh) {
  over = false;
  document.title = fresh.title;
  document.querySelector('.nhsuk-error-summary')?.remove();
  const summary = fresh.querySelector('.nhsuk-error-summary');
  document.getElementById('maincontent').prepend(summary);
  summary.setAttribute('tabindex', '-1');
  summary.focus();
}

// The time to undo runs out before one's eyes, without being read aloud second by second; then it is asked what became
// of the post, and while it moves, again.
const LOOKS = 10;
const going = document.getElementById('going');
const posts = document.getElementById('posts');
countDown();

function countDown() {
  for (const post of going?.querySelectorAll('[data-going]') ?? []) {
    const end = performance.now() + Number(post.dataset.going) * 1000;
    const words = post.querySelector('[data-seconds]');
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (!post.isConnected) return;
      if (left <= 0) return renew(LOOKS).catch(() => undefined);
      words.textContent = `${left} second${left === 1 ? '' : 's'} left`;
      setTimeout(tick, (end - performance.now()) % 1000 || 1000);
    };
    words.hidden = false;
    tick();
  }
}

async function renew(looks) {
  const answer = await fetch(form.dataset.desk, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const wasGoing = going.childElementCount > 0;
  const focused = going.contains(document.activeElement);
  going.replaceChildren(...fresh.getElementById('going').childNodes);
  if (wasGoing && going.childElementCount === 0) timeIsUp(focused);
  if (!posts.contains(document.activeElement)) posts.replaceChildren(...fresh.getElementById('posts').childNodes);
  countDown();
  if (looks > 0 && posts.querySelector('[data-moving]')) setTimeout(() => renew(looks - 1).catch(() => undefined), 3_000);
}

function timeIsUp(focused) {
  const words = document.createElement('p');
  words.tabIndex = -1;
  words.textContent = 'The time to undo is over. What became of the post stands under “What went out”.';
  going.append(words);
  if (focused) words.focus();
}
