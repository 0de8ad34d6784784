// What the desk does with a script, all of which works without one: a link that opens at once, all boxes at a time, an address
// without what a filter leaves open, and how far an export has come.
window.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form[data-at-once]").forEach((form) => form.requestSubmit());
  document.querySelectorAll("input[data-all]").forEach((all) => {
    const boxes = () => document.querySelectorAll(`input[name="${all.dataset.all}"]`);
    all.hidden = false;
    all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  });
  document.querySelectorAll("form.filter").forEach((form) => form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  }));
  document.querySelectorAll("select[data-goes]").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
  document.querySelectorAll("a[data-export]").forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    exported(link, document.getElementById("progress"));
  }));
});

async function exported(link, progress) {
  const answer = await fetch(link.href);
  if (!answer.ok || answer.redirected) { window.location = link.href; return; }
  const parts = [];
  let lines = link.dataset.export === "csv" ? -1 : 0;
  const say = (text) => { progress.textContent = text.replace("{count}", String(Math.max(lines, 0))); };
  const reader = answer.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      for (const byte of part.value) lines += byte === 10 ? 1 : 0;
      say(progress.dataset.going);
    }
  } catch {
    say(progress.dataset.failed);
    return;
  }
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("content-type") }));
  file.download = link.dataset.name;
  file.click();
  URL.revokeObjectURL(file.href);
  say(progress.dataset.done);
}
