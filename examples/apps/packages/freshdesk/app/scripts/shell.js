/* global app */
// Shows the page of the Trilogue server beside a ticket, and does for it what only an app of Freshdesk can do. Both sides
// listen to each other's window and exact origin, and to nobody else.
(function () {
  'use strict';

  const frame = document.getElementById('page');

  // What the page may ask for, as calls of Freshdesk's client.
  const actions = {
    'trilogue.ready': function (shell) {
      clearTimeout(shell.patience);
      document.getElementById('outside').hidden = true;
      shell.say({ type: 'trilogue.context', context: shell.context });
    },
    'trilogue.resize': function (shell, message) {
      return shell.client.instance.resize({ height: `${Math.round(message.height)}px` });
    },
    'trilogue.notify': function (shell, message) {
      const type = message.kind === 'error' ? 'danger' : 'success';
      return shell.client.interface.trigger('showNotify', { type: type, message: message.text });
    },
    'trilogue.insertReply': async function (shell, message) {
      await shell.client.interface.trigger('click', { id: 'reply' });
      return shell.client.interface.trigger('setValue', { id: 'editor', text: message.text, replace: false, position: 'end' });
    },
    'trilogue.openTicket': function (shell, message) {
      return shell.client.interface.trigger('click', { id: 'ticket', value: Number(message.ticket) });
    }
  };

  async function readContext(client) {
    const [ticketData, userData] = await Promise.all([client.data.get('ticket'), client.data.get('loggedInUser')]);
    const contact = userData.loggedInUser.contact || {};
    const context = { ticket: String(ticketData.ticket.id), locale: contact.language || null, scheme: null };
    context.agentEmail = contact.email || null;
    return context;
  }

  function listen(shell) {
    window.addEventListener('message', function (event) {
      if (event.source !== frame.contentWindow || event.origin !== shell.origin) return;
      const action = Object.hasOwn(actions, event.data?.type) ? actions[event.data.type] : null;
      if (action) Promise.resolve(action(shell, event.data)).catch(console.error);
    });
  }

  // A page that does not come, as where the frame is not allowed, can be opened beside Freshdesk.
  function offerOutside(page) {
    const outside = document.getElementById('outside');
    outside.firstElementChild.href = page.href;
    return setTimeout(function () {
      outside.hidden = false;
    }, 8000);
  }

  async function start() {
    const client = await app.initialized();
    const settings = await client.iparams.get();
    const page = new URL(`/app/freshdesk/${encodeURIComponent(settings.connection)}`, settings.server);
    const shell = { client: client, origin: page.origin, context: await readContext(client) };
    page.searchParams.set('ticket', shell.context.ticket);
    shell.patience = offerOutside(page);
    shell.say = function (message) {
      frame.contentWindow.postMessage(message, shell.origin);
    };
    listen(shell);
    page.searchParams.set('shell', location.origin);
    frame.src = page.href;
  }

  start().catch(function (problem) {
    console.error(problem);
    frame.hidden = true;
    const failure = document.getElementById('failure');
    failure.textContent = 'Trilogue cannot be shown. Ask an administrator to check the settings of the app.';
    failure.hidden = false;
  });
})();
