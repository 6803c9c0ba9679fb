import type { header as english } from '../en/header';

export const header: typeof english = {
  stageBar: 'Avancement du dossier',
  stages: { RECEIVED: 'Reçu', ANSWERED: 'Première réponse donnée', BEING_SETTLED: 'En cours de règlement', RESOLVED: 'Résolu', CLOSED: 'Clos' },
  with: (name: string) => `Chez ${name}`,
  left: (span: string) => span,
  late: (span: string) => `${span} de retard`,
  toReply: 'pour répondre',
  toResolve: 'pour résoudre',
  paused: 'Délai suspendu',
  promises: { FIRST_REPLY: 'Première réponse', NEXT_REPLY: 'Prochaine réponse', RESOLUTION: 'Résolution' },
  live: { LIVE: 'En direct', CONNECTING: 'Connexion…', DOWN: 'Hors direct : nouvel essai en cours' },
  offline: 'Vous êtes hors ligne. Les données affichées peuvent être anciennes.',
  reconnecting: 'Plus de liaison en direct. Nouvel essai…',
  openTicket: (number: string) => `Ouvrir le ticket ${number}`,
};
