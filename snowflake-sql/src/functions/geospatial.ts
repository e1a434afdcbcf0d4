import { signatures } from './notation.ts';

/** Shapes can be invalid, empty, too far apart or of the wrong kind: nearly every function on them can fail. */
const SHAPES = signatures(
  'scalar',
  `
  TO_GEOGRAPHY, TO_GEOMETRY(any!, any!?, any!?): geo
  TRY_TO_GEOGRAPHY, TRY_TO_GEOMETRY(any, any!?, any!?): geo
  ST_GEOGRAPHYFROMWKB, ST_GEOGFROMWKB, ST_GEOMETRYFROMWKB, ST_GEOMFROMWKB(any!, any!?, any!?): geo
  ST_GEOGRAPHYFROMWKT, ST_GEOGFROMWKT, ST_GEOGRAPHYFROMTEXT, ST_GEOGFROMTEXT, ST_GEOMETRYFROMWKT, ST_GEOMFROMWKT,
    ST_GEOMETRYFROMTEXT, ST_GEOMFROMTEXT(text!, any!?, any!?): geo
  ST_GEOGFROMGEOHASH, ST_GEOMFROMGEOHASH(text!, number!?): geo
  ST_GEOGPOINTFROMGEOHASH, ST_GEOMPOINTFROMGEOHASH(text!): geo
  ST_POINT, ST_MAKEPOINT, ST_GEOMPOINT, ST_MAKEGEOMPOINT(number!, number!): geo
  ST_MAKELINE(geo!, geo!): geo
  ST_MAKEPOLYGON, ST_POLYGON, ST_MAKEPOLYGONORIENTED, ST_MAKEGEOMPOLYGON, ST_GEOMPOLYGON(geo!): geo
  ST_ASGEOJSON(geo!): variant
  ST_ASTEXT, ST_ASWKT, ST_ASEWKT(geo!): text
  ST_ASBINARY, ST_ASWKB, ST_ASEWKB(geo!): binary
  ST_GEOHASH(geo!, number!?): text
  ST_AREA, ST_LENGTH, ST_PERIMETER, ST_DIMENSION, ST_NPOINTS, ST_NUMPOINTS, ST_SRID, ST_X, ST_XMAX, ST_XMIN, ST_Y,
    ST_YMAX, ST_YMIN(geo!): float
  ST_AZIMUTH, ST_DISTANCE, ST_HAUSDORFFDISTANCE, ST_MAXDISTANCE(geo!, geo!): float
  ST_CONTAINS, ST_COVEREDBY, ST_COVERS, ST_DISJOINT, ST_INTERSECTS, ST_WITHIN(geo!, geo!): boolean
  ST_DWITHIN, ST_DFULLYWITHIN(geo!, geo!, number!): boolean
  ST_ISVALID(geo!): boolean
  ST_BUFFER, ST_POINTN, ST_SETSRID(geo!, number!): geo
  ST_SIMPLIFY(geo!, number!, boolean!?): geo
  ST_INTERPOLATE(geo!, number!): geo
  ST_TRANSFORM(geo!, number!, number!?): geo
  ST_CENTROID, ST_ENDPOINT, ST_ENVELOPE, ST_STARTPOINT(geo!): geo
  ST_DIFFERENCE, ST_INTERSECTION, ST_SYMDIFFERENCE, ST_UNION(geo!, geo!): geo
  -- An aggregate, too, with one argument; then it is over many rows.
  ST_COLLECT(geo!, geo!?): geo
  `,
);

const CELLS = signatures(
  'scalar',
  `
  H3_CELL_TO_BOUNDARY, H3_CELL_TO_POINT(any!): geo
  H3_CELL_TO_CHILDREN, H3_CELL_TO_CHILDREN_STRING, H3_GRID_DISK(any!, number!): variant
  H3_CELL_TO_PARENT(any!, number!): unknown
  H3_COMPACT_CELLS, H3_COMPACT_CELLS_STRINGS(variant!): variant
  H3_UNCOMPACT_CELLS, H3_UNCOMPACT_CELLS_STRINGS(variant!, number!): variant
  H3_COVERAGE, H3_COVERAGE_STRINGS, H3_TRY_COVERAGE, H3_TRY_COVERAGE_STRINGS, H3_POLYGON_TO_CELLS,
    H3_POLYGON_TO_CELLS_STRINGS, H3_TRY_POLYGON_TO_CELLS, H3_TRY_POLYGON_TO_CELLS_STRINGS(geo!, number!): variant
  H3_GET_RESOLUTION(any!): integer
  H3_GRID_DISTANCE, H3_TRY_GRID_DISTANCE(any!, any!): integer
  H3_GRID_PATH, H3_TRY_GRID_PATH(any!, any!): variant
  H3_INT_TO_STRING(number!): text
  H3_STRING_TO_INT(text!): integer
  H3_IS_PENTAGON, H3_IS_VALID_CELL(any!): boolean
  H3_LATLNG_TO_CELL(number!, number!, number!): integer
  H3_LATLNG_TO_CELL_STRING(number!, number!, number!): text
  H3_POINT_TO_CELL(geo!, number!): integer
  H3_POINT_TO_CELL_STRING(geo!, number!): text
  `,
);

const VECTORS = signatures(
  'scalar',
  `
  VECTOR_COSINE_SIMILARITY, VECTOR_INNER_PRODUCT, VECTOR_L1_DISTANCE, VECTOR_L2_DISTANCE(vector!, vector!): float
  `,
);

export const GEOSPATIAL = [...SHAPES, ...CELLS, ...VECTORS];
