// The button that copies the code of the chosen tab.

root.classList.add('script'); // shows what needs a script

// copy puts the text of an element on the clipboard, and reports whether that worked.
async function copy(from) {
  try {
    await navigator.clipboard.writeText(from.textContent);
    return true;
  } catch {
    // Not every browser lets a file use the clipboard so.
    getSelection().selectAllChildren(from);
    return document.execCommand('copy');
  }
}

document.addEventListener('click', async event => {
  const button = event.target.closest('.copy');
  if (!button) return;
  const done = await copy(button.parentNode.querySelector('input:checked + label + .panel pre'));
  button.textContent = done ? 'Copied' : 'Press Ctrl-C';
  setTimeout(() => (button.textContent = 'Copy'), 2000);
});
