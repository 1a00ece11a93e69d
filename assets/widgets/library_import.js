// A run that was exported elsewhere comes in: a zip that was chosen, or dropped on the library. The route is of our own,
// since a video may be larger than what Gradio takes. Scope: element, props; library_words.js, library_toast.js.
const PERCENT_STEP = 10;    // so that a screen reader is told now and then, and not all the time
const importButton = element.querySelector('.import-run');
const importField = element.querySelector('.import-file');
let isImporting = false;

function importedText(outcome, name) {
  if (outcome === 'known') return t('{name} is in your library already.', {name});
  if (outcome === 'restored') return t('{name} was in your library before. It is back.', {name});
  return t('{name} is in your library now.', {name});
}

function unimportedText({status, responseText}, {name, size}) {
  if (status === 413) {
    const most = props.limits.run_bytes / 1e9;
    return t('{name} has {size}. A run has {most}\u00a0GB at most.', {name, size: formatBytes(size), most});
  }
  try {
    const {detail} = JSON.parse(responseText);
    if (typeof detail === 'string') return say(detail);    // the app's own words
  } catch { /* an answer that is not ours */ }
  return t('The server did not take {name}. Nothing was imported.', {name});
}

// Resolves to the app's answer, {job_id, outcome}, or to {words}: why not, for a person.
function sendRun(file, onProgress) {
  return new Promise(resolve => {
    const request = new XMLHttpRequest();
    const {name} = file;
    request.upload.onprogress = ({loaded, total}) => onProgress(loaded / total);
    request.onload = () => {
      const isTaken = request.status === 200 || request.status === 201;
      resolve(isTaken ? JSON.parse(request.responseText) : {words: unimportedText(request, file)});
    };
    request.onerror = () => resolve({
      words: t('The connection broke while {name} was sent. Reload the page to see whether it arrived.', {name}),
    });
    request.open('POST', '/api/import');
    request.send(file);
  });
}

async function importRun(file) {
  const {name, size} = file;
  if (size > props.limits.run_bytes) return {words: unimportedText({status: 413}, file)};
  showProgress(t('Importing {name}…', {name}));
  return sendRun(file, part => {
    const percent = Math.floor(part * 100 / PERCENT_STEP) * PERCENT_STEP;
    showProgress(percent < 100 ? t('Importing {name}: {percent}\u00a0%', {name, percent}) : t('Checking {name}…', {name}));
  });
}

// One after the other; the last one that is in the library is opened.
async function importRuns(files, onArrived) {
  const back = () => importButton.focus();
  if (isImporting) return;
  const runs = files.filter(({name}) => /\.zip$/i.test(name));
  if (!runs.length) return showToast(t('A run is a .zip file that Share as zip made.'), null, back);
  isImporting = true;
  setAttribute(importButton, 'aria-disabled', 'true');
  for (const file of runs) {
    const {words, outcome, job_id: job} = await importRun(file);
    showToast(words ?? importedText(outcome, file.name), null, back);
    if (job) onArrived(job);
  }
  isImporting = false;
  setAttribute(importButton, 'aria-disabled', null);
}

// `onArrived` is called with the id of each run that is in the library now.
function listenToImports(onArrived) {
  if (!props.can_import) return;
  importButton.hidden = false;
  importButton.onclick = () => { if (!isImporting) importField.click(); };
  importField.onchange = () => {
    const files = [...importField.files];
    importField.value = '';    // the same file can be chosen again
    importRuns(files, onArrived);
  };
  onDrop(element.querySelector('.library-grid'), files => importRuns(files, onArrived));
}
