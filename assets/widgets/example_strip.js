/* Six pictures to start from. Value: {items: [{title, thumbnail, prompt}]}. The words are written here, so that undo
   brings back what stood there; Python fills the rest of the form. */
window.seedance.exampleAsked = window.seedance.newestOnly();
const grid = element.querySelector('.examples');
function paint() {
  const value = props.value ?? { items: [] };
  grid.replaceChildren(...value.items.map((item) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ex';
    const picture = document.createElement('img');
    picture.src = item.thumbnail;
    picture.alt = '';
    picture.loading = 'lazy';
    const title = document.createElement('span');
    title.textContent = window.seedance.say(item.title);
    button.append(picture, title);
    button.addEventListener('click', () => {
      window.seedance.prompt.write(item.prompt);
      window.seedance.exampleAsked.ask(() => trigger('pick', { title: item.title }));
    });
    return button;
  }));
  element.hidden = value.items.length === 0;
}
watch('value', paint);
paint();
