// The form of a question in the admin: shows what the chosen type needs. Without this script everything is shown.
const PLACES = ["matching", "zones", "gaps", "hotspot"];
const CHOICES = ["single", "multiple", "true_false", "statements", "picture_choice", "gaps", "numeric", "short"];

// Sections by the prefix of their rows, fields by the end of their name.
const SECTIONS = {
  targets: PLACES,
  options: CHOICES.concat(["matching", "zones", "ordering"]),
};
const FIELDS = {
  "credit_table": ["statements"],
  "rubric": ["long"],
  "targets-kind": ["gaps"],
  "targets-is_correct": ["hotspot"],
  "targets-x": ["hotspot"],
  "targets-y": ["hotspot"],
  "targets-width": ["hotspot"],
  "targets-height": ["hotspot"],
  "options-is_correct": CHOICES,
  "options-fraction": ["single", "multiple", "picture_choice", "gaps", "numeric", "short"],
  "options-tolerance": ["numeric", "gaps"],
  "options-target_key": ["matching", "zones", "gaps"],
};

function hide(element, hidden) {
  // A field that is wrong stays in sight, or nobody could mend it.
  if (element) element.hidden = hidden && !element.querySelector(".error-message, .w-field--error");
}

function show(type) {
  Object.keys(SECTIONS).forEach((prefix) => {
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    hide(total && total.closest(".w-panel"), SECTIONS[prefix].indexOf(type.value) === -1);
  });
  document.querySelectorAll("[name]").forEach((control) => {
    const name = control.name.replace(/-\d+-/, "-");
    if (Object.prototype.hasOwnProperty.call(FIELDS, name)) {
      hide(control.closest(".w-panel__wrapper"), FIELDS[name].indexOf(type.value) === -1);
    }
  });
}

function begin() {
  const type = document.getElementById("id_type");
  if (!type) return;
  type.addEventListener("change", () => show(type));
  // Rows that are added later.
  new MutationObserver(() => show(type)).observe(type.form, { childList: true, subtree: true });
  show(type);
}

// The admin loads a form's scripts in the head, before there is a form.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
