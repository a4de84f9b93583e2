// The two limits: they push each other, and what they would have done is asked of the server.
const form = document.querySelector('#sliders');
const sliders = form ? [form.low, form.high] : [];
let asking, waiting;

/** Ask for the outcome of the limits shown, at most one question at a time. */
async function ask() {
  if (asking) { waiting = true; return; }
  asking = true;
  try {
    const answer = await fetch(`${form.dataset.tried}?${new URLSearchParams(new FormData(form))}`);
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#tried'));
  } finally {
    asking = false;
    if (waiting) { waiting = false; ask(); }
  }
}

function show(fresh) {
  const open = document.querySelector('#tried details').open;
  fresh.querySelector('details').open = open;
  document.querySelector('#tried').replaceWith(fresh);
  say(fresh.dataset);
  document.querySelector('#tried-said').textContent = [...fresh.querySelectorAll('.say')].map(p => p.textContent.trim()).join(' ');
}

function say({ low, high, broken }) {
  for (const [slider, words] of [[form.low, low], [form.high, high]]) {
    document.querySelector(`#${slider.id}-said`).textContent = words;
    slider.setAttribute('aria-valuetext', words);
  }
  document.querySelector('#use').disabled = broken === 'True';
}

function move(moved) {
  const [low, high] = sliders;
  if (+low.value > +high.value) (moved === high ? low : high).value = moved.value;
  ask();
}

if (form) {
  document.querySelector('#look').hidden = true;
  say(document.querySelector('#tried').dataset);
  for (const slider of sliders) slider.addEventListener('input', () => move(slider));
  document.querySelector('#back').addEventListener('click', e => {
    e.preventDefault();
    for (const slider of sliders) slider.value = slider.dataset.today;
    ask();
  });
}
