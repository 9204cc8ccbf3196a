"""Given and family names, by language."""

GIVEN = {
    "nl": (
        "Anouk", "Bart", "Carlijn", "Daan", "Eline", "Fatima", "Gijs", "Hanneke", "Iris", "Jurre", "Karin",
        "Lars",
        "Maaike", "Niels", "Olivier", "Petra", "Quinten", "Rianne", "Sander", "Tineke", "Ursula", "Vera",
        "Wouter",
        "Xander", "Youssef", "Zoë", "Annemiek", "Hidde", "Lieke", "Mohammed", "Noor", "Sjoerd", "Thijs",
        "Marloes",
        "Kübra", "Ruben", "Esmée", "Joost", "Femke", "Roel",
    ),
    "en": (
        "Alice", "Benedict", "Clara", "Dylan", "Eleanor", "Farah", "Gareth", "Hazel", "Imran", "Jasmine",
        "Keir",
        "Lydia", "Morgan", "Nadia", "Oscar", "Philippa", "Quentin", "Rhian", "Siobhán", "Tobias", "Una",
        "Victor",
        "Winifred", "Xenia", "Yusuf", "Zara", "Ambrose", "Bridget", "Callum", "Deepa", "Edmund", "Freya",
        "Henrik",
        "Ingrid", "Jude", "Kwame", "Leila", "Magnus", "Nora", "Rosalind",
    ),
}  # fmt: skip
FAMILY = {
    "nl": (
        "Aldenkamp", "van den Boogert", "Brinkhorst", "Castelein", "Dijkgraaf", "Elzinga", "de Feijter",
        "Grootveld",
        "Hogenbirk", "IJsselstein", "Jongbloed", "Kloosterman", "Leeflang", "van der Meulen", "Nieuwpoort",
        "Oldenhof", "Posthumus", "Quist", "Reinders", "Slagmaat", "Terpstra", "Uittenbogaard", "Vliegenthart",
        "Wassenberg", "Yıldız", "Zuiderveld", "Benali", "Ouwehand", "Schuitema", "Tichelaar", "van Rossum",
        "Haverkort",
        "Bontekoe", "Ridderhof", "Strijbosch", "Lammertink",
    ),
    "en": (
        "Ashdown", "Birtwell", "Carmody", "Dunwoody", "Everleigh", "Farthing", "Greystock", "Holloway",
        "Inglewood",
        "Jessop", "Kettering", "Lockhart", "Mossgrove", "Netherby", "O'Halloran", "Pendergast", "Quayle",
        "Ravenhill",
        "Stainforth", "Thackeray-Moss", "Underhay", "Vickerstaff", "Wetherall", "Yarrow", "Okonjo",
        "Lindqvist",
        "Sandström", "Bergholm", "Mehta", "Rahman", "Penhaligon", "Trevanion", "Applegarth", "Bellweather",
        "Crowhurst", "Duxbury",
    ),
}  # fmt: skip
