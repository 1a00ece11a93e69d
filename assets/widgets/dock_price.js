// What the price consists of, folded behind the price itself. Used by dock.js.
const {make, setText, say} = window.seedance;
const priceOf = element.querySelector('.price-of');
const priceSummary = priceOf.querySelector('summary');
let knownPrice = '';
let isPriceOld = false;

// Without parts there is nothing to unfold: the price is a plain text.
function drawPrice({price, parts, notes}) {
  knownPrice = price;
  showPrice();
  priceOf.querySelector('ul').replaceChildren(...parts.map(text => make('li', {text: say(text)})));
  priceOf.querySelector('.notes').replaceChildren(...notes.map(text => make('p', {text: say(text)})));
  const isPlain = parts.length === 0;
  priceOf.classList.toggle('is-plain', isPlain);
  priceSummary.tabIndex = isPlain ? -1 : 0;
  if (isPlain) priceOf.open = false;
}

// The form has changed, and its price is being asked for: no price that does not hold stands beside Generate.
function setPriceOld(isOld) {
  isPriceOld = isOld;
  showPrice();
}

function showPrice() {
  setText(priceOf.querySelector('b'), isPriceOld ? '…' : say(knownPrice));
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
