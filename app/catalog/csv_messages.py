"""What can be wrong with a product file, by stable code. English msgids; faces translate them."""

MESSAGES = {
    # The whole file is refused and nothing is changed.
    "csv.empty": "The file holds no products.",
    "csv.too_large": "The file is larger than %(megabytes)s MB. Split it and import the parts.",
    "csv.wrong_encoding": "Row %(row)s cannot be read as text. Save the file as CSV UTF-8 and try again.",
    "csv.missing_columns": "The first row must name the columns. Missing: %(columns)s.",
    "csv.too_many_header_columns": "The first row names %(count)s columns; at most %(allowed)s can be read.",
    "csv.unclosed_quote": "A quotation mark opened in row %(row)s is never closed. Is the file cut off?",
    "csv.scattered": "The rows of one product are spread too far apart. Sort the file by %(column)s and try again.",
    # One product is left out.
    "csv.bad_quote": "A quotation mark is followed by stray text.",
    "csv.cell_too_large": "A cell holds more than %(allowed)s characters.",
    "csv.row_too_large": "The row holds more than %(allowed)s characters.",
    "csv.row_too_long": "The row has %(count)s cells, the header only %(expected)s.",
    "csv.row_too_short": "The row has only %(count)s cells, the header has %(expected)s: it looks cut off.",
    "csv.no_handle": "The row names no product: handle and title are both empty.",
    "csv.bad_handle": "“%(value)s” has no letter or digit to make an address from.",
    "csv.no_title": "The product has no title.",
    "csv.too_long": "“%(value)s” is longer than %(allowed)s characters.",
    "csv.bad_price": "“%(value)s” is not a price.",
    "csv.too_many_decimals": "“%(value)s” has more decimals than the store's currency.",
    "csv.bad_number": "“%(value)s” is not a number.",
    "csv.bad_choice": "“%(value)s” is not one of: %(choices)s.",
    "csv.too_many_options": "A product can have at most %(allowed)s options.",
    "csv.too_many_variants": "A product can have at most %(allowed)s variants.",
    "csv.too_many_images": "A product can have at most %(allowed)s images.",
    "csv.option_without_value": "The option “%(option)s” has no value here.",
    "csv.duplicate_variant": "The same variant is already in row %(first)s: %(values)s.",
    # Read, but worth knowing.
    "csv.unknown_columns": "These columns are not used: %(columns)s.",
    "csv.duplicate_column": "The column is named twice; the first one counts.",
    "csv.read_as": "The file is not UTF-8. It was read as %(encoding)s: check that names look right.",
    "csv.duplicate_sku": "The SKU “%(sku)s” is already used in row %(first)s.",
    "csv.no_price": "There is no price, so the product comes in as a draft.",
    "csv.bad_image": "“%(value)s” is neither a web address nor a file name; the image is left out.",
}
