// Typing a sheet in: a number that can only be one answer jumps on by itself, Enter goes on, Enter on the button keeps.
const form = document.getElementById("typing");
const fields = [...form.querySelectorAll(".entry input")];

function onwards(field) {
  (fields[fields.indexOf(field) + 1] ?? document.getElementById("keep")).focus();
}

form.addEventListener("keydown", (event) => {
  if (!fields.includes(event.target)) return;
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    onwards(event.target);
  } else if (event.key === "Backspace" && !event.target.value) { // back to put the last one right
    event.preventDefault();
    fields[fields.indexOf(event.target) - 1]?.focus();
  }
});

form.addEventListener("input", (event) => {
  const typed = event.target.value, marks = event.target.dataset.marks?.split(" ");
  if (marks?.includes(typed) && !marks.some((mark) => mark !== typed && mark.startsWith(typed))) onwards(event.target);
});

form.addEventListener("focusin", (event) => { if (fields.includes(event.target)) event.target.select(); });
if (fields.includes(document.activeElement)) document.activeElement.select();
