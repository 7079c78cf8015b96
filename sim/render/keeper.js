(function () {
  const root = document.currentScript && document.currentScript.parentNode;
  const score = root && root.querySelector('[data-score]');
  if (!score) return;
  const questions = [...root.querySelectorAll('[data-question]')];
  let right = 0, answered = 0;
  for (const q of questions) {
    let done = false;
    for (const a of q.querySelectorAll('[data-answer]')) {
      a.parentNode.addEventListener('toggle', () => {
        if (done || !a.parentNode.open) return;
        done = true;
        answered++;
        if (a.dataset.answer === 'yes') right++;
        score.textContent = 'Score: ' + right + ' right of ' + answered + ' answered, of ' + questions.length + ' questions. The first answer counts.';
      });
    }
  }
})();
