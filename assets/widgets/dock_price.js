// What the price consists of, folded behind the price itself. Used by dock.js.
const {make, setText} = window.seedance;
const priceOf = element.querySelector('.price-of');
const priceSummary = priceOf.querySelector('summary');

// Without parts there is nothing to unfold: the price is a plain text.
function drawPrice({price, parts, notes}) {
  setText(priceOf.querySelector('b'), price);
  priceOf.querySelector('ul').replaceChildren(...parts.map(text => make('li', {text})));
  priceOf.querySelector('.notes').replaceChildren(...notes.map(text => make('p', {text})));
  const isPlain = parts.length === 0;
  priceOf.classList.toggle('is-plain', isPlain);
  priceSummary.tabIndex = isPlain ? -1 : 0;
  if (isPlain) priceOf.open = false;
}

// A price that a new one is on its way for is told apart from one that holds.
function setPriceOld(isOld) {
  priceOf.classList.toggle('is-old', isOld);
}

function closePrice() {
  priceOf.open = false;
}

function onPageClick({target}) {
  if (!priceOf.isConnected) return document.removeEventListener('click', onPageClick);
  if (!priceOf.contains(target)) closePrice();
}

priceSummary.addEventListener('click', (event) => {
  if (priceOf.classList.contains('is-plain')) event.preventDefault();
});
priceOf.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !priceOf.open) return;
  closePrice();
  priceSummary.focus();
});
priceOf.addEventListener('focusout', ({relatedTarget}) => {
  if (relatedTarget && !priceOf.contains(relatedTarget)) closePrice();
});
document.addEventListener('click', onPageClick);
