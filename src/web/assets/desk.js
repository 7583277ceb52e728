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
  if (ended) return;
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
  form.addEventListener('submit', () => {
    over = true;
    clearTimeout(timer);
  });
}

// The time to undo runs out without being read aloud second by second.
for (const going of document.querySelectorAll('[data-going]')) {
  setTimeout(() => {
    going.querySelector('strong').textContent = 'Sent.';
    going.querySelector('form').remove();
  }, Number(going.dataset.going) * 1000);
}
