(function () {
  const root = document.currentScript && document.currentScript.parentNode;
  const stage = root && root.querySelector('[data-stage]');
  if (!stage || root.dataset.live) return;
  root.dataset.live = 'yes';
  const panels = [...stage.children], last = panels.length - 1;
  const program = root.querySelector('[data-program]');
  for (const p of panels) p.style.minHeight = '';
  const tallest = Math.max(...panels.slice(0, 60).map(p => p.scrollHeight));
  Object.assign(stage.style, {height: 'auto', overflowY: 'visible', minHeight: Math.min(tallest, 900) + 'px'});
  const bar = document.createElement('div');
  bar.style.cssText = 'display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:6px 0';
  const button = (text, label, to) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = text;
    b.title = label;
    b.setAttribute('aria-label', label);
    b.style.cssText = 'color:#1f2328;background:#f3f5f8;border:1px solid #8c959f;border-radius:5px;padding:3px 10px;font-size:14px;cursor:pointer;white-space:nowrap';
    b.onclick = () => show(to());
    bar.append(b);
  };
  let now = 0;
  button('|◀', 'to the start', () => 0);
  button('◀', 'one step back', () => now - 1);
  button('▶', 'one step on', () => now + 1);
  button('▶|', 'to the end', () => last);
  const slider = document.createElement('input');
  Object.assign(slider, {type: 'range', min: 0, max: last, value: 0});
  slider.setAttribute('aria-label', 'step');
  slider.style.cssText = 'flex:1;min-width:120px;color-scheme:light';
  slider.oninput = () => show(+slider.value);
  bar.append(slider);
  stage.before(bar);
  const keys = root.querySelector('[data-keys]');
  if (keys) keys.textContent = ', and so do the keys ← → Home End once you have clicked here';
  // A row that is only named in a step is the one of a step before.
  const fill = n => {
    const same = panels[n].querySelector('[data-same]');
    if (!same) return;
    for (const g of same.dataset.same.split(' ')) {
      for (let i = n - 1; i >= 0; i--) {
        const from = panels[i].querySelector('tr[data-g="' + g + '"]');
        if (!from) continue;
        const copy = from.cloneNode(true);
        for (const e of copy.querySelectorAll('td, b')) {
          e.style.borderLeft = '';
          if (e.tagName === 'TD') e.style.backgroundColor = '';
          else e.style.border = '';
          for (const t of e.childNodes) if (t.nodeType === 3) t.data = t.data.replace('▸', '');
        }
        same.before(copy);
        break;
      }
    }
    same.remove();
    const body = panels[n].querySelector('tr[data-g]').parentNode;
    [...body.querySelectorAll('tr[data-g]')].sort((a, b) => a.dataset.g - b.dataset.g).forEach(r => body.append(r));
  };
  // The lines on which somebody stands take their place in the whole program.
  const place = n => {
    const marks = panels[n].querySelector('[data-stands]');
    const whole = program ? program.innerHTML.split('\n') : [];
    if (!marks || !whole.length || whole.length > 80) return;
    for (const m of marks.innerHTML.split('\n')) {
      const line = parseInt(m, 10);
      if (line) whole[line - 1] = '<span style="background:#eef3fb">' + m + '</span>';
      else whole.push(m);
    }
    marks.innerHTML = whole.join('\n');
    marks.removeAttribute('data-stands');
  };
  const show = n => {
    n = Math.max(0, Math.min(last, n));
    fill(n);
    place(n);
    panels[now].style.display = 'none';
    panels[n].style.display = '';
    now = n;
    slider.value = n;
    slider.setAttribute('aria-valuetext', 'step ' + n + ' of ' + last);
  };
  for (const p of panels) {
    p.style.display = 'none';
    for (const a of p.querySelectorAll('[data-nav] a, [data-nav] span')) a.style.display = 'none';
  }
  root.addEventListener('click', e => {
    const a = e.target.closest('a[href^="#"]');
    const n = a ? panels.findIndex(p => '#' + p.id === a.getAttribute('href')) : -1;
    if (n < 0) return;
    e.preventDefault();
    e.stopPropagation();
    show(n);
    slider.focus({preventScroll: true});
  }, true);
  root.tabIndex = -1;
  root.style.outline = 'none';
  root.addEventListener('keydown', e => {
    const to = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last}[e.key];
    if (to === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    show(to);
  }, true);
  show(0);
})();
