"""What the demo shop sells: sixty things of a street corner, with the drawing that stands for each.

A row: name, price incl. VAT, VAT rate, stock, drawing (config/demo/pictures.py), colour, one line of description.
"""

from decimal import Decimal
from typing import NamedTuple


class Good(NamedTuple):
    name: str
    price: Decimal
    vat: Decimal
    stock: int
    drawing: str
    colour: str
    line: str


def _good(name: str, price: str, vat: str, stock: int, drawing: str, colour: str, line: str) -> Good:
    return Good(name, Decimal(price), Decimal(vat), stock, drawing, colour, line)


CATEGORIES: dict[str, list[Good]] = {
    "Épicerie": [
        _good("Miel de tilleul, pot de 500 g", "9.80", "5.5", 40, "jar", "honey", "Récolté en Seine-et-Marne, non chauffé."),
        _good("Confiture d’abricot, 350 g", "4.90", "5.5", 60, "jar", "apricot", "Deux tiers de fruits, cuite au chaudron."),
        _good("Café en grains, torréfié à Paris, 1 kg", "18.50", "5.5", 35, "bag", "coffee", "Assemblage doux, torréfaction de la semaine."),
        _good("Riz rond de Camargue, 1 kg", "3.60", "5.5", 80, "bag", "sand", "Récolte de l’année, pour risotto et desserts."),
        _good("Lentilles vertes du Puy, 500 g", "3.95", "5.5", 70, "bag", "olive", "Appellation d’origine protégée."),
        _good("Huile d’olive vierge extra, 75 cl", "13.90", "5.5", 45, "bottle", "olive", "Première pression à froid, fruité vert."),
        _good("Vinaigre de cidre, 50 cl", "4.20", "5.5", 50, "bottle", "amber", "Vieilli en fût, non filtré."),
        _good("Chocolat noir 70 %, tablette de 100 g", "3.80", "5.5", 120, "box", "coffee", "Cacao d’Équateur, beurre de cacao pur."),
        _good("Sel de Guérande, 250 g", "2.90", "5.5", 90, "box", "sky", "Sel gris récolté à la main."),
        _good("Biscuits bretons au beurre, boîte de 300 g", "5.60", "5.5", 55, "tin", "brick", "Vingt galettes fines, beurre demi-sel."),
    ],
    "Boissons": [
        _good("Jus de pomme fermier, 1 l", "3.90", "5.5", 60, "bottle", "apple", "Pommes d’Île-de-France, sans sucre ajouté."),
        _good("Limonade artisanale, 75 cl", "3.20", "5.5", 48, "bottle", "lemon", "Citron et fleur de sureau, peu sucrée."),
        _good("Thé noir Earl Grey, boîte de 100 g", "8.40", "5.5", 40, "tin", "indigo", "Feuilles entières et bergamote de Calabre."),
        _good("Infusion verveine-menthe, 20 sachets", "5.20", "5.5", 50, "box", "mint", "Plantes françaises, sachets sans plastique."),
        _good("Cidre brut, 75 cl", "5.90", "20", 36, "bottle", "amber", "Fermentation naturelle, 5 % vol."),
        _good("Bière blonde du faubourg, 33 cl", "3.10", "20", 96, "bottle", "honey", "Brassée à Pantin, houblon aromatique."),
        _good("Sirop de framboise, 50 cl", "6.30", "5.5", 30, "bottle", "raspberry", "Framboises entières et sucre de canne."),
        _good("Eau pétillante, six bouteilles de 1 l", "4.80", "5.5", 40, "crate", "sky", "Source d’Auvergne, consignée."),
        _good("Chocolat chaud en poudre, 400 g", "7.10", "5.5", 42, "tin", "coffee", "Cacao maigre, vanille, peu de sucre."),
        _good("Kombucha gingembre, 33 cl", "3.70", "5.5", 54, "bottle", "apricot", "Thé fermenté, frais et piquant."),
    ],
    "Fruits et légumes": [
        _good("Panier de légumes de saison, 4 kg", "16.00", "5.5", 25, "crate", "leaf", "Huit légumes choisis le matin même."),
        _good("Pommes reinette, 1 kg", "3.40", "5.5", 60, "fruit", "apple", "Fermes et parfumées, pour croquer ou cuire."),
        _good("Citrons non traités, 500 g", "2.80", "5.5", 70, "fruit", "lemon", "Zeste comestible."),
        _good("Tomates anciennes, 1 kg", "5.90", "5.5", 40, "fruit", "tomato", "Trois variétés, mûries sur pied."),
        _good("Courge butternut, la pièce", "3.90", "5.5", 30, "gourd", "apricot", "Environ 1,2 kg, chair douce."),
        _good("Carottes des sables, 1 kg", "2.60", "5.5", 65, "carrot", "carrot", "Lavées, avec leurs fanes le samedi."),
        _good("Pommes de terre grenaille, 1,5 kg", "4.10", "5.5", 55, "bag", "sand", "Peau fine, à rôtir entières."),
        _good("Champignons de Paris, 400 g", "3.30", "5.5", 45, "mushroom", "sand", "Cultivés en carrière, cueillis la veille."),
        _good("Bouquet d’herbes fraîches", "2.20", "5.5", 50, "leafy", "leaf", "Persil, coriandre et menthe."),
        _good("Poires conférence, 1 kg", "3.80", "5.5", 45, "fruit", "mint", "Fondantes, à point sous deux jours."),
    ],
    "Maison": [
        _good("Bougie à la cire d’abeille", "12.00", "20", 30, "candle", "honey", "Vingt heures, mèche de coton."),
        _good("Savon de Marseille, cube de 300 g", "4.50", "20", 80, "soap", "olive", "72 % d’huile d’olive, sans parfum."),
        _good("Torchon de lin lavé", "11.50", "20", 40, "cloth", "indigo", "Tissé en Normandie, 50 × 70 cm."),
        _good("Bol en grès émaillé", "16.90", "20", 24, "bowl", "sky", "Tourné à la main, passe au lave-vaisselle."),
        _good("Plante verte pilea en pot", "14.00", "10", 18, "plant", "leaf", "Pot de 12 cm, facile à vivre."),
        _good("Panier de marché tressé", "29.00", "20", 15, "basket", "sand", "Palmier et anses de cuir."),
        _good("Carnet cousu, 120 pages", "9.90", "20", 50, "book", "brick", "Papier recyclé, couverture toilée."),
        _good("Lampe de table orientable", "54.00", "20", 12, "lamp", "tomato", "Ampoule à économie d’énergie fournie."),
        _good("Éponges lavables, lot de 3", "8.70", "20", 45, "cloth", "lemon", "Coton biologique, cent lavages."),
        _good("Lessive au savon, bidon de 2 l", "9.40", "20", 38, "can", "indigo", "Trente lavages, recharge en boutique."),
    ],
    "Vélo": [
        _good("Antivol en U, niveau 2 roues", "49.90", "20", 20, "lock", "ink", "Acier trempé, deux clés, support cadre."),
        _good("Éclairage avant rechargeable", "34.50", "20", 26, "light", "lemon", "60 lux, port USB-C, fixation sans outil."),
        _good("Éclairage arrière rechargeable", "22.90", "20", 30, "light", "tomato", "Visible à 500 m, détecteur de freinage."),
        _good("Casque urbain, taille M", "59.00", "20", 14, "helmet", "leaf", "Norme EN 1078, ventilé, 340 g."),
        _good("Sonnette en laiton", "14.90", "20", 40, "bell", "honey", "Son clair, bride pour guidon de 22 mm."),
        _good("Chambre à air 700 × 35-45", "7.90", "20", 60, "wheel", "ink", "Valve Presta de 40 mm."),
        _good("Pneu de ville renforcé 700 × 40", "32.00", "20", 28, "wheel", "brick", "Protection anticrevaison, flancs réfléchissants."),
        _good("Pompe à pied avec manomètre", "38.00", "20", 16, "pump", "indigo", "Jusqu’à 11 bars, double tête."),
        _good("Sacoche arrière étanche, 20 litres", "68.00", "20", 12, "pannier", "carrot", "Toile recyclée, fixation rapide."),
        _good("Gilet réfléchissant", "12.50", "20", 50, "vest", "lemon", "Taille unique, norme EN 17353."),
    ],
    "Atelier et pièces": [
        _good("Plaquettes de frein à disque, la paire", "18.90", "20", 34, "pads", "ink", "Résine, pour étriers courants de scooter."),
        _good("Huile moteur 5W-30, 5 l", "42.00", "20", 22, "can", "amber", "Norme ACEA C3, moteurs essence et diesel."),
        _good("Filtre à huile universel", "11.90", "20", 30, "filter", "carrot", "Filetage M20 × 1,5."),
        _good("Balais d’essuie-glace, 60 et 45 cm", "24.50", "20", 25, "wiper", "ink", "Lame souple, montage en crochet."),
        _good("Batterie 12 V 60 Ah", "98.00", "20", 10, "battery", "indigo", "540 A au démarrage, sans entretien."),
        _good("Ampoules H7, lot de 2", "16.40", "20", 40, "light", "honey", "55 W, homologuées route."),
        _good("Liquide de refroidissement, 5 l", "19.90", "20", 26, "can", "mint", "Prêt à l’emploi, protection −25 °C."),
        _good("Bougies d’allumage, lot de 4", "27.60", "20", 20, "plug", "sky", "Électrode nickel, couple 25 N·m."),
        _good("Kit de réparation crevaison", "13.90", "20", 36, "box", "tomato", "Mèches, outils et colle, pour tubeless."),
        _good("Dégrippant multi-usages, 400 ml", "8.90", "20", 48, "spray", "leaf", "Sans silicone, avec tube de précision."),
    ],
}
