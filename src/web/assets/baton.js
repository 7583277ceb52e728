// Small improvements for visitors with JavaScript. Every page works without it.
const summary = document.querySelector('.nhsuk-error-summary');
if (summary) {
  summary.setAttribute('tabindex', '-1');
  summary.focus();
}
