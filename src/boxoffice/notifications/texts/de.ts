import type { MailTexts } from './en.js';

export const de: MailTexts = {
  common: {
    hello: 'Guten Tag {name},',
    helloUnnamed: 'Guten Tag,',
    order: 'Bestellung',
    booking: 'Buchung',
    when: 'Beginn',
    where: 'Ort',
    hall: 'Saal',
    seats: 'Plätze',
    seat: 'Platz {seat}',
    fees: 'Gebühren',
    discount: 'Rabatt',
    total: 'Summe',
    taxIncluded: 'Enthaltene Steuer ({rate})',
    refunded: 'Erstattet',
    openAddress: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
    ignore: 'Falls Sie das nicht waren, ignorieren Sie diese Nachricht. Es geschieht nichts.',
    footer: 'Diese Nachricht wurde automatisch verschickt. Antworten darauf werden nicht gelesen.',
  },
  orderConfirmation: {
    subject: 'Ihre Tickets für {movie}',
    title: 'Bestellung {reference} ist bestätigt',
    attached:
      'Vielen Dank für Ihre Bestellung. Ihre Tickets finden Sie im Anhang. Zeigen Sie am Einlass den Code jedes Tickets, auf Papier oder auf dem Telefon.',
    booked: 'Vielen Dank für Ihre Bestellung. Ihre Plätze sind gebucht. Nennen Sie am Einlass die Buchungsnummer.',
    receipt: 'Quittung',
  },
  orderExpired: {
    subject: 'Bestellung {reference} ist abgelaufen',
    title: 'Bestellung {reference} ist abgelaufen',
    body: 'Ihre Zahlung ist nicht rechtzeitig eingegangen. Deshalb wurden Ihre Plätze freigegeben.',
    late: 'Falls Ihre Zahlung noch eintrifft, erhalten Sie dieselben Plätze, sofern sie frei sind. Andernfalls erstatten wir den ganzen Betrag.',
    action: 'Plätze neu auswählen',
  },
  refund: {
    subject: 'Erstattung zur Bestellung {reference}',
    title: 'Wir erstatten {amount}',
    latePayment:
      'Ihre Zahlung für Bestellung {reference} ist eingegangen, als die Plätze schon freigegeben und nicht mehr alle frei waren. Wir erstatten die ganze Zahlung.',
    nearest: 'Vielleicht gibt es noch freie Plätze in der Nähe der gewählten.',
    nearestAction: 'Nächstgelegene Plätze anzeigen',
    returned: 'Sie haben Plätze der Bestellung {reference} zurückgegeben. Deren Tickets sind nicht mehr gültig.',
    showtimeCancelled:
      'Die unten genannte Vorstellung wurde abgesagt. Das tut uns leid. Wir erstatten, was Sie dafür bezahlt haben.',
    wrongSum:
      'Der Betrag, den wir für Bestellung {reference} erhalten haben, weicht von ihrer Summe ab. Wir erstatten den erhaltenen Betrag.',
    exchangeGone:
      'Die Plätze, die Sie umtauschen wollten, waren schon zurückgegeben, benutzt oder weitergegeben, als Ihre Zahlung für Bestellung {reference} einging. Der Umtausch hat nicht stattgefunden, und wir erstatten die ganze Zahlung.',
    other: 'Wir erstatten eine Zahlung für Bestellung {reference}.',
    duration:
      'Das Geld geht auf die Karte oder das Konto zurück, womit Sie bezahlt haben. Das dauert meist einige Werktage.',
  },
  refundSettled: {
    subject: 'Die Erstattung zur Bestellung {reference} wurde überwiesen',
    title: '{amount} sind auf dem Weg zu Ihnen',
    body: 'Die Erstattung von {amount} zur Bestellung {reference} wurde auf die Karte oder das Konto überwiesen, womit Sie bezahlt haben.',
    duration: 'Bis Ihre Bank sie anzeigt, können einige Werktage vergehen.',
  },
  seatsReturned: {
    subject: 'Plätze der Bestellung {reference} wurden storniert',
    title: 'Plätze der Bestellung {reference} wurden storniert',
    returned: 'Diese Plätze der Bestellung {reference} wurden zurückgegeben. Deren Tickets sind nicht mehr gültig.',
    showtimeCancelled:
      'Die unten genannte Vorstellung wurde abgesagt. Das tut uns leid. Die Tickets sind nicht mehr gültig.',
    noMoney: 'Dafür wird kein Geld erstattet.',
  },
  refundRefused: {
    subject: 'Eine Erstattung zur Bestellung {reference} wurde abgelehnt',
    title: 'Eine Erstattung von {amount} wurde abgelehnt',
    body: 'Der Zahlungsanbieter ({provider}) konnte {amount} der Bestellung {reference} nicht erstatten: {failure}.',
    todo: 'Erstatten Sie das Geld auf anderem Weg. Es wird nicht noch einmal versucht.',
  },
  paymentDisputed: {
    subject: 'Angefochtene Zahlung der Bestellung {reference}: {status}',
    title: 'Eine Zahlung über {amount} wird angefochten',
    body: 'Die Zahlung der Bestellung {reference} über {amount} wird bei der Bank angefochten. Grund: {reason}. Stand: {status}. Den Vorgang finden Sie im Dashboard des Anbieters ({provider}).',
    answerBy: 'Antworten Sie dort bis {until}. Danach ist das Geld verloren.',
  },
  orderExchanged: {
    subject: 'Ihre neuen Tickets für {movie}',
    title: 'Ihre Plätze wurden umgetauscht',
    body: 'Plätze der Bestellung {oldReference} wurden umgetauscht. Die Tickets für diese Plätze sind nicht mehr gültig:',
    attached:
      'Ihre neue Bestellung ist {reference}. Ihre Tickets finden Sie im Anhang. Zeigen Sie am Einlass den Code jedes Tickets, auf Papier oder auf dem Telefon.',
    booked: 'Ihre neue Bestellung ist {reference}. Nennen Sie am Einlass die Buchungsnummer.',
    refunded:
      'Die neuen Plätze kosten weniger. Wir erstatten {amount} auf die Karte oder das Konto, womit Sie Bestellung {oldReference} bezahlt haben.',
    credit: 'Umgetauschte Plätze',
  },
  ticketPassedOn: {
    subject: 'Ein Ticket für {movie} wurde an Sie weitergegeben',
    title: 'Sie haben ein Ticket',
    body: 'Ein Ticket für {movie} wurde an Sie weitergegeben. Es gilt nur mit seinem neuen Code.',
    attached: 'Ihr Ticket finden Sie im Anhang.',
    action: 'Ticket öffnen',
  },
  ticketOffered: {
    subject: 'Ihnen wird ein Ticket für {movie} angeboten',
    title: 'Ihnen wird ein Ticket angeboten',
    body: '{from} bietet Ihnen ein Ticket für {movie} an. Um es anzunehmen, öffnen Sie den Link bis {until}. Danach gehört das Ticket nur Ihnen.',
    action: 'Ticket annehmen',
    somebody: 'Jemand',
  },
  waitlistOffer: {
    subject: 'Plätze für {movie} sind für Sie reserviert',
    title: 'Sie sind an der Reihe',
    body: 'Sie sind die Nächsten auf der Warteliste. Diese Plätze sind bis {until} für Sie reserviert.',
    action: 'Plätze nehmen',
    otherwise: 'Danach bieten wir sie der nächsten Person an.',
  },
  showtimeReminder: {
    subject: 'Erinnerung: {movie}, {when}',
    title: '{movie} beginnt bald',
    body: 'Wir freuen uns auf Ihren Besuch. Bitte halten Sie am Einlass Ihre Tickets bereit.',
  },
  holdEnding: {
    subject: 'Bestellung {reference}: Ihre Plätze sind bis {until} reserviert',
    title: 'Ihre Plätze sind noch reserviert',
    body: 'Bestellung {reference} ist noch nicht bezahlt. Wir halten die Plätze bis {until} frei. Danach können andere sie kaufen.',
    action: 'Bestellung abschließen',
  },
  signUp: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    title: 'Bestätigen Sie Ihre E-Mail-Adresse',
    body: 'Jemand, vermutlich Sie, hat sich mit dieser Adresse angemeldet. Um sie zu bestätigen, öffnen Sie innerhalb von {within} den Link und geben Sie das gewählte Passwort ein.',
    action: 'Adresse bestätigen',
  },
  signUpKnown: {
    subject: 'Sie haben bereits ein Konto',
    title: 'Sie haben bereits ein Konto',
    body: 'Jemand, vermutlich Sie, hat sich mit dieser Adresse angemeldet. Für sie gibt es bereits ein Konto: Melden Sie sich damit an.',
    forgotten:
      'Falls Sie das Passwort vergessen haben, öffnen Sie innerhalb von {within} den Link, um ein neues zu setzen.',
    action: 'Neues Passwort setzen',
  },
  passwordReset: {
    subject: 'Neues Passwort setzen',
    title: 'Neues Passwort setzen',
    body: 'Jemand, vermutlich Sie, hat ein neues Passwort angefordert. Um es zu setzen, öffnen Sie innerhalb von {within} den Link.',
    action: 'Neues Passwort setzen',
  },
  noAccount: {
    subject: 'Zu dieser Adresse gibt es kein Konto',
    title: 'Zu dieser Adresse gibt es kein Konto',
    body: 'Jemand, vermutlich Sie, hat ein neues Passwort angefordert. Zu dieser Adresse gibt es kein Konto: Vielleicht haben Sie sich mit einer anderen angemeldet oder noch gar nicht.',
  },
  passwordChanged: {
    subject: 'Ihr Passwort wurde geändert',
    title: 'Ihr Passwort wurde geändert',
    body: 'Das Passwort Ihres Kontos wurde soeben geändert, und alle Geräte wurden abgemeldet.',
    notYou: 'Falls Sie das nicht waren, fordern Sie sofort ein neues Passwort an.',
  },
  invitation: {
    subject: 'Für Sie wurde ein Konto angelegt',
    title: 'Für Sie wurde ein Konto angelegt',
    body: 'Um es zu benutzen, öffnen Sie innerhalb von {within} den Link und wählen Sie ein Passwort.',
    action: 'Passwort wählen',
  },
  endpointDisabled: {
    subject: 'Ein Webhook-Endpunkt wurde abgeschaltet',
    title: 'Ein Webhook-Endpunkt wurde abgeschaltet',
    body: 'Anfragen an {url} sind wiederholt gescheitert. Deshalb wird nichts mehr dorthin geschickt. Beheben Sie den Fehler, schalten Sie den Endpunkt wieder ein und lassen Sie nachholen, was ihm entgangen ist.',
  },
  durations: { minutes: '{count} Minuten', hours: '{count} Stunden', days: '{count} Tagen' },
};
