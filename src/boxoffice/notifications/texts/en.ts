/** The words of all mails. A name in braces is a placeholder; every language has the same ones. */
export const en = {
  common: {
    hello: 'Hello {name},',
    helloUnnamed: 'Hello,',
    order: 'Order',
    booking: 'Booking',
    when: 'Time',
    where: 'Venue',
    hall: 'Hall',
    seats: 'Seats',
    seat: 'Seat {seat}',
    fees: 'Fees',
    discount: 'Discount',
    total: 'Total',
    taxIncluded: 'Tax included ({rate})',
    refunded: 'Refunded',
    openAddress: 'If the button does not work, open this address:',
    ignore: 'If this was not you, ignore this message. Nothing will happen.',
    footer: 'This message was sent automatically. Replies to it are not read.',
  },
  orderConfirmation: {
    subject: 'Your tickets for {movie}',
    title: 'Order {reference} is confirmed',
    attached:
      'Thank you for your order. Your tickets are attached. Show the code of each ticket at the door, on paper or on your phone.',
    booked: 'Thank you for your order. Your seats are booked. Show the booking reference at the door.',
    receipt: 'Receipt',
  },
  orderExpired: {
    subject: 'Order {reference} has expired',
    title: 'Order {reference} has expired',
    body: 'We did not receive your payment in time, so your seats were released.',
    late: 'If your payment still arrives, you get the same seats if they are free. Otherwise we refund all of it.',
    action: 'Choose seats again',
  },
  refund: {
    subject: 'Refund for order {reference}',
    title: 'We refund {amount}',
    latePayment:
      'Your payment for order {reference} arrived after its seats had been released, and not all of them were still free. We refund the whole payment.',
    nearest: 'There may be free seats close to those that you chose.',
    nearestAction: 'Show the nearest seats',
    returned: 'You returned seats of order {reference}. Their tickets are no longer valid.',
    showtimeCancelled: 'The showtime below was cancelled. We are sorry, and refund what you paid for it.',
    wrongSum: 'The amount that we received for order {reference} differs from its total. We refund what we received.',
    exchangeGone:
      'The seats that you wanted to exchange had been returned, used or passed on before your payment for order {reference} arrived. The exchange did not take place, and we refund the whole payment.',
    other: 'We refund a payment for order {reference}.',
    duration: 'The money goes back to the card or account that you paid with. This usually takes a few business days.',
  },
  refundSettled: {
    subject: 'The refund for order {reference} was sent',
    title: '{amount} were sent back to you',
    body: 'The refund of {amount} for order {reference} was sent to the card or account that you paid with.',
    duration: 'Your bank may need a few business days to show it.',
  },
  seatsReturned: {
    subject: 'Seats of order {reference} were cancelled',
    title: 'Seats of order {reference} were cancelled',
    returned: 'These seats of order {reference} were given back. Their tickets are no longer valid.',
    showtimeCancelled: 'The showtime below was cancelled. We are sorry. Its tickets are no longer valid.',
    noMoney: 'No money is refunded for them.',
  },
  refundRefused: {
    subject: 'A refund for order {reference} was refused',
    title: 'A refund of {amount} was refused',
    body: 'The payment provider ({provider}) could not give {amount} of order {reference} back: {failure}.',
    todo: 'Give this money back by other means. It is not tried again.',
  },
  paymentDisputed: {
    subject: 'Disputed payment of order {reference}: {status}',
    title: 'A payment of {amount} is disputed',
    body: 'The buyer of order {reference} disputes {amount} at the bank. Reason: {reason}. Status: {status}. You find the dispute in the dashboard of the provider ({provider}).',
    answerBy: 'Answer it there by {until}. After that the dispute is lost.',
  },
  orderExchanged: {
    subject: 'Your new tickets for {movie}',
    title: 'Your seats were exchanged',
    body: 'Seats of order {oldReference} were exchanged. The tickets of these seats are no longer valid:',
    attached:
      'Your new order is {reference}. Its tickets are attached. Show the code of each ticket at the door, on paper or on your phone.',
    booked: 'Your new order is {reference}. Show the booking reference at the door.',
    refunded:
      'The new seats cost less. We refund {amount} to the card or account that you paid order {oldReference} with.',
    credit: 'Exchanged seats',
  },
  ticketPassedOn: {
    subject: 'A ticket for {movie} was passed on to you',
    title: 'You have a ticket',
    body: 'A ticket for {movie} was passed on to you. It is valid with its new code only.',
    attached: 'Your ticket is attached.',
    action: 'Open the ticket',
  },
  ticketOffered: {
    subject: 'A ticket for {movie} is offered to you',
    title: 'A ticket is offered to you',
    body: '{from} offers you a ticket for {movie}. To accept it, open the link by {until}. The ticket is then yours alone.',
    action: 'Accept the ticket',
    somebody: 'Somebody',
  },
  waitlistOffer: {
    subject: 'Seats for {movie} are reserved for you',
    title: 'It is your turn',
    body: 'You are next on the waitlist. These seats are reserved for you until {until}.',
    action: 'Take the seats',
    otherwise: 'After that we offer them to the next person.',
  },
  showtimeReminder: {
    subject: 'Reminder: {movie}, {when}',
    title: '{movie} starts soon',
    body: 'We look forward to seeing you. Please have your tickets ready at the door.',
  },
  holdEnding: {
    subject: 'Order {reference}: your seats are held until {until}',
    title: 'Your seats are still held',
    body: 'Order {reference} is not paid yet. We hold its seats until {until}. After that others can buy them.',
    action: 'Complete the order',
  },
  signUp: {
    subject: 'Confirm your e-mail address',
    title: 'Confirm your e-mail address',
    body: 'Somebody, probably you, has signed up with this address. To confirm it, open the link within {within} and type the password that you chose.',
    action: 'Confirm the address',
  },
  signUpKnown: {
    subject: 'You have an account already',
    title: 'You have an account already',
    body: 'Somebody, probably you, has signed up with this address, which has an account already: log in with it.',
    forgotten: 'If you have forgotten the password, open the link within {within} to set a new one.',
    action: 'Set a new password',
  },
  passwordReset: {
    subject: 'Set a new password',
    title: 'Set a new password',
    body: 'Somebody, probably you, has asked for a new password. To set it, open the link within {within}.',
    action: 'Set a new password',
  },
  noAccount: {
    subject: 'There is no account with this address',
    title: 'There is no account with this address',
    body: 'Somebody, probably you, has asked for a new password. There is no account with this address: you may have signed up with another one, or not yet.',
  },
  passwordChanged: {
    subject: 'Your password was changed',
    title: 'Your password was changed',
    body: 'The password of your account was changed just now, and all devices were logged out.',
    notYou: 'If this was not you, ask for a new password at once.',
  },
  invitation: {
    subject: 'An account was made for you',
    title: 'An account was made for you',
    body: 'To use it, open the link within {within} and choose a password.',
    action: 'Choose a password',
  },
  endpointDisabled: {
    subject: 'A webhook endpoint was switched off',
    title: 'A webhook endpoint was switched off',
    body: 'Requests to {url} kept failing, so nothing is sent to it any more. Mend it, switch it on again, and replay what it missed.',
  },
  durations: { minutes: '{count} minutes', hours: '{count} hours', days: '{count} days' },
};

/** What a language has to have. */
export type MailTexts = {
  readonly [Group in keyof typeof en]: { readonly [Key in keyof (typeof en)[Group]]: string };
};
