/** Words that believable people and groups are made of. Some names carry accents, blanks and apostrophes on purpose. */
export const GIVEN_NAMES = (
  'Ada Amara Amélie Anders Anika Arjun Astrid Ayumi Beatriz Bilal Bruno Camille Carlos Chidi Chiara Clara Daniela David Deepa Diego ' +
  'Dmitri Edith Elif Elena Emeka Emil Erin Esther Fatima Felix Fernanda Fiona François Freya Gabriel Giulia Grace Hana Hannah Haruto ' +
  'Helena Hiroshi Ibrahim Ines Ingrid Ivan Jakub Jamal Jana Javier Jonas José Julia Kai Karim Katarzyna Kenji Kofi Lars Laura Leila ' +
  'Leon Lin Lucía Łukasz Maja Marco Maria Mariam Mateo Maya Mei Miguel Mina Mohammed Nadia Naomi Niamh Nikolai Noor Nora Oksana Oliver ' +
  'Olivia Omar Oscar Paolo Parisa Petra Priya Quentin Rafael Rania Ravi Rebecca Robin Rosa Ruth Samir Sanna Sara Sergio Siobhán Sofia ' +
  'Søren Sunita Tamar Tariq Thandiwe Theo Tomás Uma Valentina Vera Victor Wanjiru Wei Wiktor Xiulan Yara Yasmin Yusuf Zainab Zoë Zofia'
).split(' ');

export const FAMILY_NAMES = [
  ...(
    'Abebe Adeyemi Ahmed Almeida Andersson Bauer Becker Bennett Bergström Bianchi Boateng Byron Campbell Carvalho Castro Chen Choi Costa ' +
    'Dąbrowski Delgado Demir Dubois Edwards Eriksen Evans Fischer Fitzgerald Flores Fontaine Fraser García Ghosh Gonzalez Gupta Haddad Hansen ' +
    'Hashimoto Hernández Hoffmann Horvat Hughes Hussain Ito Ivanova Jansen Jensen Johansson Kamau Kaya Keller Khan Kim Kovács Kowalska Kumar ' +
    'Laurent Lee Lefèvre Lindqvist Lopez Marino Martins Meyer Moreau Morgan Mukherjee Müller Murphy Nakamura Ndlovu Nguyễn Nielsen Novák ' +
    'Nowak Okafor Okonkwo Olsen Osei Papadopoulos Park Patel Pereira Petrov Popescu Quinn Rahman Ramirez Rao Reid Ricci Rossi Sánchez ' +
    'Santos Sato Schmidt Schneider Shah Sharma Silva Singh Smith Sokolov Sørensen Suzuki Szabó Takahashi Tanaka Tesfaye Tran Turner Vargas ' +
    'Vasquez Virtanen Vogel Wagner Walker Wang Weber Williams Wójcik Wong Yamamoto Yılmaz Young Zhang Zimmermann'
  ).split(' '),
  "O'Connor",
  "O'Brien",
  'van den Berg',
  'de la Cruz',
  'Smith-Jones',
  'El Amrani',
];

export const TITLES = [
  'Research Scientist',
  'Senior Research Scientist',
  'Machine Learning Engineer',
  'Senior Machine Learning Engineer',
  'Software Engineer',
  'Staff Engineer',
  'Data Engineer',
  'Applied Scientist',
  'Evaluation Lead',
  'Technical Program Manager',
];

/** A machine learning organization's groups; the order is that in which --groups takes them. */
export const GROUPS = [
  { name: 'vision', department: 'Research' },
  { name: 'nlp', department: 'Research' },
  { name: 'robotics', department: 'Research' },
  { name: 'platform', department: 'Engineering' },
  { name: 'research', department: 'Research' },
  { name: 'interns', department: 'People' },
  { name: 'speech', department: 'Research' },
  { name: 'evaluation', department: 'Research' },
  { name: 'data-engineering', department: 'Engineering' },
  { name: 'safety', department: 'Research' },
  { name: 'recommendations', department: 'Product' },
  { name: 'simulation', department: 'Engineering' },
  { name: 'compilers', department: 'Engineering' },
  { name: 'ML leadership', department: 'Executive' },
] as const;
