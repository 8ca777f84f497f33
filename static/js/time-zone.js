// Choose the time zone of this device, unless somebody has chosen already.
const select = document.querySelector("select[data-guess-time-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && [...select.options].some((option) => option.value === here)) select.value = here;
