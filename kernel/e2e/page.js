// What the tests ask of the page: the notebook as its own model has it, and
// every message of the kernel as the browser saw it.
window.__runnext = {
  panel() {
    const ok = w => w && w.content && w.content.widgets && w.sessionContext &&
      w.content.widgets[0] && w.content.widgets[0].model;
    const shell = window.jupyterapp && window.jupyterapp.shell;
    if (!shell) return null;
    if (ok(shell.currentWidget)) return shell.currentWidget;
    return [...shell.widgets('main')].find(ok) || null;
  },
  log: [],
  listen() {
    const session = this.panel().sessionContext;
    if (session.__runnext) return;
    session.__runnext = true;
    session.iopubMessage.connect((_, m) => this.log.push({
      type: m.header.msg_type, parent: m.parent_header.msg_id, state: m.content.execution_state}));
  },
  status() {
    const p = this.panel();
    const k = p && p.sessionContext.session && p.sessionContext.session.kernel;
    return k ? {status: k.status, id: k.id, name: k.name, subshells: k.supportsSubshells} : null;
  },
  prompt(cell) {
    const shown = ((cell.promptNode || {}).textContent || '').trim();
    if (shown || cell.model.type !== 'code') return shown;
    return cell.model.executionState === 'running' ? '[*]:' : `[${cell.model.executionCount ?? ' '}]:`;
  },
  running() {
    return this.panel().content.widgets.filter(c => c.model.type === 'code' &&
      (this.prompt(c).includes('*') || c.model.executionState === 'running')).length;
  },
  cells() {
    return this.panel().content.widgets.map((c, i) => {
      const cell = {index: i, type: c.model.type, source: c.model.sharedModel.getSource()};
      if (c.model.type !== 'code') return cell;
      const area = c.node.querySelector('.jp-Cell-outputArea');
      return Object.assign(cell, {prompt: this.prompt(c), count: c.model.executionCount,
        outputs: c.model.outputs.toJSON(), text: area ? area.innerText : '',
        tables: area ? area.querySelectorAll('.jp-RenderedHTML table').length : 0});
    });
  },
  text(i) {
    const area = this.panel().content.widgets[i].node.querySelector('.jp-Cell-outputArea');
    return area ? area.textContent : '';
  },
};
