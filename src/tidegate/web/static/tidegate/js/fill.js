// A textarea with data-fill-from-file="words" is filled from a file of this machine; the file is not sent.
const LONGEST = 20000;

for (const area of document.querySelectorAll("textarea[data-fill-from-file]")) {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.setAttribute("aria-label", area.dataset.fillFromFile);
  chooser.title = area.dataset.fillFromFile;
  chooser.addEventListener("change", async () => {
    const file = chooser.files[0];
    if (file && file.size <= LONGEST) area.value = await file.text();
  });
  area.after(chooser);
}
