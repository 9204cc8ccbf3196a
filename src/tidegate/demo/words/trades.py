"""What each trade has: departments, machines, files, and the mail its people fall for."""

from dataclasses import dataclass

from tidegate.demo.specs import Trade


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines of one use: the letters in their names, their device group and what people call them."""

    code: str
    group: str
    called: str


@dataclass(frozen=True, slots=True)
class TradeWords:
    """One trade. `jump_host` is None without a process network; `application` is a product's name."""

    departments: tuple[str, ...]
    stations: Machines
    jump_host: Machines | None
    services: tuple[str, ...]
    lures: tuple[str, ...]
    documents: tuple[str, ...]
    shares: tuple[str, ...]
    application: str


TRADE_WORDS = {
    Trade.HOSPITAL: TradeWords(
        ("Cardiology", "Radiology", "Emergency", "Pharmacy", "Finance", "Medical records", "Laboratory"),
        Machines("WARD", "Ward stations", "ward stations"), Machines("IMG", "Imaging", "imaging gateway"),
        ("svc-epd", "svc-pacs", "svc-backup"),
        ("Gewijzigd dienstrooster week 48", "Uitslag beschikbaar in het portaal",
         "Factuur hechtmateriaal 20417"),
        ("Dienstrooster.xlsx", "Overdracht afdeling 4B.docx", "Patientenlijst poli.csv"),
        ("Overdracht", "Beelden", "Personeel"), "Zorgkern"),
    Trade.SHIPPING: TradeWords(
        ("Accounts payable", "Crewing", "Chartering", "Fleet operations", "Customs desk", "Service desk",
         "Planning"),
        Machines("BRG", "Bridge workstations", "bridge workstations"),
        Machines("CRN", "Crane control", "crane-control jump host"),
        ("svc-backup", "svc-manifest", "svc-ais"),
        ("Open invoice 2291", "Amended bill of lading", "Crew change form, please sign today"),
        ("Stowage plan.xlsx", "Charter party draft.docx", "Crew list.csv"),
        ("Manifests", "Charter", "Crew"), "ManifestDesk"),
    Trade.WATER: TradeWords(
        ("Treatment works", "Network control", "Laboratory", "Billing", "Field crews", "Engineering"),
        Machines("CTL", "Control room", "control-room stations"),
        Machines("PLC", "OT jump hosts", "controller jump host"),
        ("svc-historian", "svc-telemetry", "svc-backup"),
        ("Sampling results overdue", "Burst main: contractor photos", "Tender documents lot 3"),
        ("Valve schedule.xlsx", "Chlorine dosing.docx", "Meter readings.csv"),
        ("Telemetry", "Drawings", "Billing"), "TeleHistory"),
    Trade.RETAIL: TradeWords(
        ("Web shop", "Stores", "Buying", "Gift cards", "Warehouse", "Marketing", "Payroll"),
        Machines("POS", "Point of sale", "tills"), None,
        ("svc-till", "svc-stock", "svc-backup"),
        ("Supplier bank details have changed", "Refund dispute, store 114",
         "Your parcel could not be delivered"),
        ("Price list autumn.xlsx", "Store openings.docx", "Loyalty members.csv"),
        ("Pricing", "Stores", "Payroll"), "TillPoint"),
    Trade.ENERGY: TradeWords(
        ("Dispatch", "Grid planning", "Trading", "Substations", "Metering", "Legal"),
        Machines("DSP", "Dispatch centre", "dispatch consoles"),
        Machines("RTU", "Substation access", "substation jump host"),
        ("svc-scada", "svc-metering", "svc-backup"),
        ("Outage plan for approval", "Revised balancing prices", "Contractor badge request"),
        ("Switching plan.xlsx", "Wayleave agreement.docx", "Smart meters.csv"),
        ("Switching", "Trading", "Contracts"), "GridDesk"),
    Trade.FOOD: TradeWords(
        ("Quality", "Production", "Cold store", "Purchasing", "Logistics", "Sales"),
        Machines("LIN", "Production lines", "line terminals"),
        Machines("PLC", "Packaging controllers", "packaging jump host"),
        ("svc-recipe", "svc-label", "svc-backup"),
        ("Recall notice, read now", "New allergen sheet from supplier", "Pallet invoice 8830"),
        ("Recipe card 118.xlsx", "Audit findings.docx", "Batches.csv"),
        ("Recipes", "Quality", "Labels"), "RecipeVault"),
    Trade.NOTARY: TradeWords(
        ("Vastgoed", "Familierecht", "Ondernemingsrecht", "Secretariaat"),
        Machines("BAL", "Front desk", "front-desk machines"), None,
        ("svc-akten", "svc-backup"),
        ("Concept leveringsakte ter controle", "Wijziging rekeningnummer kwaliteitsrekening"),
        ("Concept akte 2026-0418.docx", "Nota van afrekening.xlsx"),
        ("Akten", "Dossiers"), "AkteWerk"),
    Trade.POLYTECHNIC: TradeWords(
        ("Lecturers", "Student desk", "Research", "Library", "Facilities", "Examination office"),
        Machines("LAB", "Lab machines", "lab machines"), None,
        ("svc-rooster", "svc-lab", "svc-backup"),
        ("Je cijfer is aangepast", "Studiefinanciering: actie vereist", "Gedeeld document: tentamen blok 2"),
        ("Tentamen blok 2.docx", "Cijferlijst.xlsx", "Deelnemers.csv"),
        ("Tentamens", "Onderzoek", "Cijfers"), "Toetsbank"),
    Trade.PUBLISHER: TradeWords(
        ("Editorial", "Rights", "Royalties", "Design", "Publicity"),
        Machines("MAC", "Design studio", "studio machines"), None,
        ("svc-royalty", "svc-backup"),
        ("Manuscript attached, second draft", "Royalty statement query", "Rights offer, closing tonight"),
        ("Manuscript v2.docm", "Royalties.xlsx", "Cover rough.psd"),
        ("Manuscripts", "Royalties"), "RoyaltyBook"),
    Trade.LOGISTICS: TradeWords(
        ("Dispatch", "Warehouse", "Customs", "Fleet", "Finance", "Planning"),
        Machines("SCN", "Warehouse scanners", "scanner stations"),
        Machines("AGV", "Sorting line", "sorting-line jump host"),
        ("svc-edi", "svc-route", "svc-backup"),
        ("Vrachtbrief ontbreekt", "Douanedocument ter ondertekening", "Nieuwe laadtijden dock 7"),
        ("Ritplanning.xlsx", "Vrachtbrief 77120.docx", "Klanten.csv"),
        ("Ritten", "Douane", "Facturen"), "RitPlanner"),
    Trade.INSTRUMENTS: TradeWords(
        ("Calibration", "Research", "Production", "Sales", "Purchasing"),
        Machines("CAL", "Calibration benches", "calibration benches"),
        Machines("MES", "Packaging line", "packaging-line jump host"),
        ("svc-kalibratie", "svc-cad", "svc-backup"),
        ("Offerteaanvraag met tekening", "Kalibratiecertificaat verlopen", "Levertijd bestelling 5521"),
        ("Tekening 88-140.dwg", "Kalibratierapport.docx", "Onderdelen.xlsx"),
        ("Tekeningen", "Rapporten"), "TekenKluis"),
    Trade.MUNICIPALITY: TradeWords(
        ("Burgerzaken", "Vergunningen", "Sociaal domein", "Belastingen", "Griffie", "Beheer openbare ruimte"),
        Machines("BAL", "Public counters", "counter machines"), None,
        ("svc-zaak", "svc-brp", "svc-backup"),
        ("Bezwaarschrift met bijlage", "Raadsstukken gewijzigd", "Aanvraag omgevingsvergunning 2026-311"),
        ("Raadsvoorstel.docx", "Aanslagen.xlsx", "Uitkeringen.csv"),
        ("Zaken", "Raad", "Belastingen"), "ZaakLijn"),
    Trade.SECURITY: TradeWords(
        ("Operations", "Engineering", "Sales", "People"),
        Machines("SOC", "Operations room", "operations-room machines"), None,
        ("svc-portal", "svc-backup"),
        ("Your on-call claim", "Candidate portfolio", "Invoice sandbox licences"),
        ("Shift plan.xlsx", "Playbook draft.docx"), ("Playbooks", "Reports"), "CaseBoard"),
    Trade.POTTERY: TradeWords(
        ("Studio", "Shop"), Machines("KLN", "Kiln room", "kiln-room tablets"), None, ("svc-shop",),
        ("Glaze order confirmation", "Wholesale enquiry"), ("Glaze tests.xlsx", "Orders.csv"), ("Orders",),
        "KilnShop"),
}  # fmt: skip
