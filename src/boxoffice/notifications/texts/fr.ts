import type { MailTexts } from './en.js';

export const fr: MailTexts = {
  common: {
    hello: 'Bonjour {name},',
    helloUnnamed: 'Bonjour,',
    order: 'Commande',
    booking: 'Réservation',
    when: 'Séance',
    where: 'Lieu',
    hall: 'Salle',
    seats: 'Places',
    seat: 'Place {seat}',
    fees: 'Frais',
    discount: 'Remise',
    total: 'Total',
    taxIncluded: 'Taxe incluse ({rate})',
    refunded: 'Remboursé',
    openAddress: 'Si le bouton ne fonctionne pas, ouvrez cette adresse :',
    ignore: 'Si ce n’était pas vous, ignorez ce message. Il ne se passera rien.',
    footer: 'Ce message a été envoyé automatiquement. Les réponses ne sont pas lues.',
  },
  orderConfirmation: {
    subject: 'Vos billets pour {movie}',
    title: 'La commande {reference} est confirmée',
    attached:
      'Merci pour votre commande. Vos billets sont en pièce jointe. Présentez le code de chaque billet à l’entrée, sur papier ou sur votre téléphone.',
    booked: 'Merci pour votre commande. Vos places sont réservées. Présentez le numéro de réservation à l’entrée.',
    receipt: 'Reçu',
  },
  orderExpired: {
    subject: 'La commande {reference} a expiré',
    title: 'La commande {reference} a expiré',
    body: 'Nous n’avons pas reçu votre paiement à temps. Vos places ont donc été remises en vente.',
    late: 'Si votre paiement nous parvient encore, vous obtenez les mêmes places si elles sont libres. Sinon, nous le remboursons en totalité.',
    action: 'Choisir à nouveau des places',
  },
  refund: {
    subject: 'Remboursement de la commande {reference}',
    title: 'Nous vous remboursons {amount}',
    latePayment:
      'Votre paiement de la commande {reference} est arrivé après la remise en vente des places, qui n’étaient plus toutes libres. Nous le remboursons en totalité.',
    nearest: 'Il reste peut-être des places libres près de celles que vous aviez choisies.',
    nearestAction: 'Voir les places les plus proches',
    returned: 'Vous avez rendu des places de la commande {reference}. Leurs billets ne sont plus valables.',
    showtimeCancelled:
      'La séance ci-dessous a été annulée. Nous en sommes désolés et remboursons ce que vous avez payé.',
    wrongSum:
      'Le montant reçu pour la commande {reference} diffère de son total. Nous remboursons le montant que nous avons reçu.',
    exchangeGone:
      'Les places que vous vouliez échanger avaient été rendues, utilisées ou transmises avant l’arrivée de votre paiement de la commande {reference}. L’échange n’a pas eu lieu et nous remboursons le paiement en totalité.',
    other: 'Nous remboursons un paiement de la commande {reference}.',
    duration:
      'L’argent est reversé sur la carte ou le compte avec lequel vous avez payé. Cela prend en général quelques jours ouvrés.',
  },
  refundSettled: {
    subject: 'Le remboursement de la commande {reference} a été effectué',
    title: '{amount} vous ont été remboursés',
    body: 'Le remboursement de {amount} pour la commande {reference} a été versé sur la carte ou le compte avec lequel vous avez payé.',
    duration: 'Votre banque peut mettre quelques jours ouvrés à l’afficher.',
  },
  seatsReturned: {
    subject: 'Des places de la commande {reference} ont été annulées',
    title: 'Des places de la commande {reference} ont été annulées',
    returned: 'Ces places de la commande {reference} ont été rendues. Leurs billets ne sont plus valables.',
    showtimeCancelled: 'La séance ci-dessous a été annulée. Nous en sommes désolés. Ses billets ne sont plus valables.',
    noMoney: 'Elles ne donnent lieu à aucun remboursement.',
  },
  refundRefused: {
    subject: 'Un remboursement de la commande {reference} a été refusé',
    title: 'Un remboursement de {amount} a été refusé',
    body: 'Le prestataire de paiement ({provider}) n’a pas pu rembourser {amount} de la commande {reference} : {failure}.',
    todo: 'Remboursez cette somme par un autre moyen. Il n’y aura pas d’autre tentative.',
  },
  paymentDisputed: {
    subject: 'Paiement contesté de la commande {reference} : {status}',
    title: 'Un paiement de {amount} est contesté',
    body: 'Le paiement de {amount} de la commande {reference} est contesté auprès de la banque. Motif : {reason}. État : {status}. Vous trouverez le litige dans le tableau de bord du prestataire ({provider}).',
    answerBy: 'Répondez-y avant : {until}. Ensuite, le litige est perdu.',
  },
  orderExchanged: {
    subject: 'Vos nouveaux billets pour {movie}',
    title: 'Vos places ont été échangées',
    body: 'Des places de la commande {oldReference} ont été échangées. Les billets de ces places ne sont plus valables :',
    attached:
      'Votre nouvelle commande est la {reference}. Ses billets sont en pièce jointe. Présentez le code de chaque billet à l’entrée, sur papier ou sur votre téléphone.',
    booked: 'Votre nouvelle commande est la {reference}. Présentez le numéro de réservation à l’entrée.',
    refunded:
      'Les nouvelles places coûtent moins cher. Nous remboursons {amount} sur la carte ou le compte avec lequel vous avez payé la commande {oldReference}.',
    credit: 'Places échangées',
  },
  ticketPassedOn: {
    subject: 'Un billet pour {movie} vous a été transmis',
    title: 'Vous avez un billet',
    body: 'Un billet pour {movie} vous a été transmis. Il n’est valable qu’avec son nouveau code.',
    attached: 'Votre billet est en pièce jointe.',
    action: 'Ouvrir le billet',
  },
  ticketOffered: {
    subject: 'Un billet pour {movie} vous est proposé',
    title: 'Un billet vous est proposé',
    body: '{from} vous propose un billet pour {movie}. Pour l’accepter, ouvrez le lien avant : {until}. Le billet sera alors à vous seul.',
    action: 'Accepter le billet',
    somebody: 'Quelqu’un',
  },
  waitlistOffer: {
    subject: 'Des places pour {movie} vous sont réservées',
    title: 'C’est votre tour',
    body: 'Vous êtes en tête de la liste d’attente. Ces places vous sont réservées jusqu’à : {until}.',
    action: 'Prendre les places',
    otherwise: 'Passé ce délai, nous les proposerons à la personne suivante.',
  },
  showtimeReminder: {
    subject: 'Rappel : {movie}, {when}',
    title: '{movie} commence bientôt',
    body: 'Nous nous réjouissons de votre visite. Préparez vos billets pour l’entrée.',
  },
  holdEnding: {
    subject: 'Commande {reference} : vos places sont gardées jusqu’à {until}',
    title: 'Vos places sont encore gardées',
    body: 'La commande {reference} n’est pas encore payée. Nous gardons ses places jusqu’à {until}. Ensuite, d’autres pourront les acheter.',
    action: 'Terminer la commande',
  },
  signUp: {
    subject: 'Confirmez votre adresse e-mail',
    title: 'Confirmez votre adresse e-mail',
    body: 'Quelqu’un, probablement vous, s’est inscrit avec cette adresse. Pour la confirmer, ouvrez le lien (valable {within}) et saisissez le mot de passe choisi.',
    action: 'Confirmer l’adresse',
  },
  signUpKnown: {
    subject: 'Vous avez déjà un compte',
    title: 'Vous avez déjà un compte',
    body: 'Quelqu’un, probablement vous, s’est inscrit avec cette adresse, qui a déjà un compte : connectez-vous avec celui-ci.',
    forgotten: 'Si vous avez oublié le mot de passe, ouvrez le lien (valable {within}) pour en définir un nouveau.',
    action: 'Définir un nouveau mot de passe',
  },
  passwordReset: {
    subject: 'Définir un nouveau mot de passe',
    title: 'Définir un nouveau mot de passe',
    body: 'Quelqu’un, probablement vous, a demandé un nouveau mot de passe. Pour le définir, ouvrez le lien (valable {within}).',
    action: 'Définir un nouveau mot de passe',
  },
  noAccount: {
    subject: 'Aucun compte n’est associé à cette adresse',
    title: 'Aucun compte n’est associé à cette adresse',
    body: 'Quelqu’un, probablement vous, a demandé un nouveau mot de passe. Aucun compte n’est associé à cette adresse : vous vous êtes peut-être inscrit avec une autre, ou pas encore.',
  },
  passwordChanged: {
    subject: 'Votre mot de passe a été modifié',
    title: 'Votre mot de passe a été modifié',
    body: 'Le mot de passe de votre compte vient d’être modifié, et tous les appareils ont été déconnectés.',
    notYou: 'Si ce n’était pas vous, demandez tout de suite un nouveau mot de passe.',
  },
  invitation: {
    subject: 'Un compte a été créé pour vous',
    title: 'Un compte a été créé pour vous',
    body: 'Pour l’utiliser, ouvrez le lien (valable {within}) et choisissez un mot de passe.',
    action: 'Choisir un mot de passe',
  },
  endpointDisabled: {
    subject: 'Un point de terminaison webhook a été désactivé',
    title: 'Un point de terminaison webhook a été désactivé',
    body: 'Les requêtes vers {url} ont échoué à répétition ; plus rien n’y est envoyé. Réparez-le, réactivez-le, puis renvoyez ce qui lui a échappé.',
  },
  durations: { minutes: '{count} minutes', hours: '{count} heures', days: '{count} jours' },
};
