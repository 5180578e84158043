const byId = (id) => document.getElementById(id);
const shelf = byId('shelf');
const faultForm = byId('faults');
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error((await response.json()).message);
  return response.status === 204 ? null : response.json();
}

/** Shows a refusal where the state stands, so nothing fails unseen. */
function attempt(work) {
  work.catch((error) => showStatus('danger', error.message));
}

function showStatus(tone, text) {
  const status = byId('status');
  status.dataset.tone = tone;
  status.textContent = text;
}

function describeState({ faults, waitingBytes }) {
  if (faults.off) return ['danger', 'Switched off'];
  if (faults.mute) return ['danger', 'Mute'];
  if (faults.coverOpen) return ['danger', 'Cover open'];
  if (faults.paperOut) return ['danger', 'Paper out'];
  if (waitingBytes > 0) return ['attention', `Printing, ${waitingBytes} bytes to go`];
  if (faults.paperNearEnd) return ['attention', 'Ready, paper near end'];
  return ['done', 'Ready'];
}

function showState(state) {
  document.title = `${state.name} · virtual printer`;
  byId('name').textContent = state.name;
  byId('facts').textContent = `Virtual receipt printer · port ${state.port} · ${state.columns} columns`;
  showStatus(...describeState(state));
  showDrawer(state.drawer);
  byId('pole').hidden = state.display === null;
  byId('pole-lines').textContent = state.display?.join('\n') ?? '';
  showFaults(state.faults);
  showCount(state.papers);
}

function showDrawer({ open, openings }) {
  byId('drawer').dataset.open = open;
  byId('drawer-state').textContent = open ? 'Open' : 'Closed';
  byId('drawer-count').textContent =
    openings === 0 ? 'Never opened' : `Opened ${openings} ${openings === 1 ? 'time' : 'times'}`;
  byId('close-drawer').disabled = !open;
}

function showFaults(faults) {
  let any = false;
  for (const [name, value] of Object.entries(faults)) {
    const field = faultForm.elements[name];
    any ||= Boolean(value) || (value === 0 && name !== 'answerDelayMs');
    if (field.type === 'checkbox') field.checked = value;
    else if (field !== document.activeElement)
      field.value = value === 0 && name === 'answerDelayMs' ? '' : (value ?? '');
  }
  byId('mend').disabled = !any;
}

function showCount(count) {
  byId('count').textContent = count === 0 ? '' : count;
  byId('empty').hidden = count > 0;
  byId('clear').disabled = count === 0;
}

function badge(tone, text) {
  const span = document.createElement('span');
  span.dataset.tone = tone;
  span.textContent = text;
  return span;
}

function whenPrinted(at) {
  const today = day.format(at) === day.format(new Date());
  return today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

function paperItem(paper) {
  const item = byId('paper').content.cloneNode(true).firstElementChild;
  item.dataset.number = paper.number;
  item.querySelector('strong').textContent = `#${paper.number}`;
  item.querySelector('time').dateTime = paper.at;
  item.querySelector('time').textContent = whenPrinted(new Date(paper.at));
  item.querySelector('time').title = `${paper.bytes} bytes`;
  item.style.setProperty('--columns', paper.columns);
  if (paper.drawerOpened) item.querySelector('.badges').append(badge('attention', 'drawer'));
  if (!paper.complete) item.querySelector('.badges').append(badge('danger', 'unfinished'));
  const link = item.querySelector('a');
  link.href = `/papers/${paper.number}.svg`;
  link.setAttribute('aria-label', `Paper ${paper.number} as a picture`);
  item.querySelector('img').src = link.href;
  item.querySelector('img').alt = '';
  item.querySelector('pre').textContent = paper.text;
  item.querySelector('.notes').textContent = paper.notes.join(' · ');
  return item;
}

async function showPapers() {
  const papers = await call('GET', '/papers');
  shelf.replaceChildren(...papers.map(paperItem));
}

function addPaper(paper) {
  if (shelf.querySelector(`[data-number="${paper.number}"]`)) return;
  const item = paperItem(paper);
  item.classList.add('new');
  shelf.prepend(item);
  byId('news').textContent = `Paper ${paper.number} printed${paper.complete ? '' : ', unfinished'}.`;
}

function showView(view) {
  document.body.dataset.view = view;
  localStorage.setItem('view', view);
  for (const radio of document.querySelectorAll('[name=view]')) radio.checked = radio.value === view;
}

faultForm.addEventListener('submit', (event) => event.preventDefault());
faultForm.addEventListener('change', ({ target }) => {
  if (!target.checkValidity()) return;
  const empty = target.name === 'answerDelayMs' ? 0 : null;
  const value =
    target.type === 'checkbox' ? target.checked : target.value === '' ? empty : Number(target.value);
  attempt(call('PUT', '/faults', { [target.name]: value }));
});
byId('mend').addEventListener('click', () => {
  const cleared = {};
  for (const field of faultForm.elements) cleared[field.name] = field.type === 'checkbox' ? false : null;
  attempt(call('PUT', '/faults', { ...cleared, answerDelayMs: 0 }));
});
byId('close-drawer').addEventListener('click', () => attempt(call('POST', '/drawer/close')));
byId('clear').addEventListener('click', () => attempt(call('DELETE', '/papers')));
for (const radio of document.querySelectorAll('[name=view]')) {
  radio.addEventListener('change', () => showView(radio.value));
}

showView(localStorage.getItem('view') === 'text' ? 'text' : 'picture');
const events = new EventSource('/events');
events.addEventListener('open', () => attempt(showPapers()));
events.addEventListener('state', ({ data }) => showState(JSON.parse(data)));
events.addEventListener('paper', ({ data }) => addPaper(JSON.parse(data)));
events.addEventListener('cleared', ({ data }) => {
  shelf.replaceChildren();
  showState(JSON.parse(data));
});
events.addEventListener('error', () => showStatus('danger', 'No connection to the printer'));
