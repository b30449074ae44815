import type { NewMovie } from '../catalogue/movies.js';

/** Films that most people know, from a century and four continents. Facts are theirs, the sentences ours. */
export const DEMO_MOVIES: readonly NewMovie[] = [
  {
    id: 'metropolis',
    title: 'Metropolis',
    year: 1927,
    runtimeMinutes: 153,
    director: 'Fritz Lang',
    genres: ['Science fiction', 'Silent'],
    synopsis:
      'The son of a city’s master goes down to the workers who keep it running, and meets the woman who gives them hope.',
  },
  {
    id: 'casablanca',
    title: 'Casablanca',
    year: 1942,
    runtimeMinutes: 102,
    director: 'Michael Curtiz',
    genres: ['Drama', 'Romance'],
    synopsis:
      'In wartime Morocco a bar owner holds two letters of transit, and the love of his life walks in with her husband.',
  },
  {
    id: 'seven-samurai',
    title: 'Seven Samurai',
    year: 1954,
    runtimeMinutes: 207,
    director: 'Akira Kurosawa',
    genres: ['Action', 'Drama'],
    synopsis:
      'Farmers with nothing to offer but rice hire seven masterless swordsmen to stand between them and bandits.',
  },
  {
    id: 'jaws',
    title: 'Jaws',
    year: 1975,
    runtimeMinutes: 124,
    director: 'Steven Spielberg',
    genres: ['Thriller', 'Adventure'],
    synopsis:
      'A police chief who fears the water must find a shark before the summer crowds of his island town find it first.',
  },
  {
    id: 'alien',
    title: 'Alien',
    year: 1979,
    runtimeMinutes: 117,
    director: 'Ridley Scott',
    genres: ['Horror', 'Science fiction'],
    synopsis:
      'The crew of a space freighter answers a signal from a dead moon and carries something living back on board.',
  },
  {
    id: 'stop-making-sense',
    title: 'Stop Making Sense',
    year: 1984,
    runtimeMinutes: 88,
    director: 'Jonathan Demme',
    genres: ['Concert', 'Documentary'],
    synopsis:
      'Talking Heads fill an empty stage song by song, from one man with a tape player to a band in full flight.',
  },
  {
    id: 'lagaan',
    title: 'Lagaan',
    year: 2001,
    runtimeMinutes: 224,
    director: 'Ashutosh Gowariker',
    genres: ['Drama', 'Musical', 'Sport'],
    synopsis: 'In 1893 a village crushed by taxes stakes three years of them on beating its British rulers at cricket.',
  },
  {
    id: 'spirited-away',
    title: 'Spirited Away',
    year: 2001,
    runtimeMinutes: 124,
    director: 'Hayao Miyazaki',
    genres: ['Animation', 'Fantasy'],
    synopsis: 'A ten-year-old takes work in a bathhouse for spirits to win back her parents and her own name.',
  },
  {
    id: 'mad-max-fury-road',
    title: 'Mad Max: Fury Road',
    year: 2015,
    runtimeMinutes: 120,
    director: 'George Miller',
    genres: ['Action', 'Science fiction'],
    synopsis:
      'Across a desert without law, a drifter and a driver flee a warlord in his own war rig with the women he kept.',
  },
  {
    id: 'parasite',
    title: 'Parasite',
    year: 2019,
    runtimeMinutes: 132,
    director: 'Bong Joon-ho',
    genres: ['Drama', 'Thriller', 'Comedy'],
    synopsis:
      'One by one, a family from a basement flat finds employment in a hillside villa, which has a basement of its own.',
  },
  {
    id: 'portrait-of-a-lady-on-fire',
    title: 'Portrait of a Lady on Fire',
    year: 2019,
    runtimeMinutes: 122,
    director: 'Céline Sciamma',
    genres: ['Drama', 'Romance'],
    synopsis:
      'A painter is brought to a Breton island to portray a bride in secret, and has to learn her face by heart.',
  },
  {
    id: 'dune-part-two',
    title: 'Dune: Part Two',
    year: 2024,
    runtimeMinutes: 166,
    director: 'Denis Villeneuve',
    genres: ['Science fiction', 'Adventure'],
    synopsis:
      'Among the people of the desert, an exiled heir weighs love against a prophecy that he has reason to fear.',
  },
];
