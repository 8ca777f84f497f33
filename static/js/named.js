// A message that names this leader stands out.
export function markNamed(item, leader) {
  item.classList.toggle("chat__item--named", Boolean(item.querySelector(`.prose [data-leader="${leader}"]`)));
}
