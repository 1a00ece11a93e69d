/* Six pictures to start from. Value: {mode, items: [{title, thumbnail}]}. */
const grid = element.querySelector('.examples');
function paint() {
  const value = props.value ?? { mode: '', items: [] };
  grid.replaceChildren(...value.items.map((item, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ex';
    const picture = document.createElement('img');
    picture.src = item.thumbnail;
    picture.alt = '';
    picture.loading = 'lazy';
    const title = document.createElement('span');
    title.textContent = item.title;
    button.append(picture, title);
    button.addEventListener('click', () => trigger('pick', { mode: value.mode, index }));
    return button;
  }));
  element.hidden = value.items.length === 0;
}
watch('value', paint);
paint();
