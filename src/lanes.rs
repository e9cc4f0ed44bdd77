//! For each set of eight places of a vector what moves their numbers to the front: tables that
//! stand in for an instruction that AVX2 does not have.

/// The places of a set, and how many they are.
const fn places(set: usize) -> ([u8; 8], usize) {
    let mut places = [0; 8];
    let (mut from, mut to) = (0, 0);
    while from < 8 {
        if set >> from & 1 == 1 {
            places[to] = from;
            to += 1;
        }
        from += 1;
    }
    (places, to)
}

/// The order of eight numbers, those of the set first; behind them the first of all again.
pub(crate) static FRONT_OF_8: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        table[set] = places(set).0;
        set += 1;
    }
    table
};

/// The same for eight numbers of 16 bits, byte by byte; 0 behind those of the set.
pub(crate) static FRONT_OF_8_HALVES: [[u8; 16]; 256] = {
    let mut table = [[0x80; 16]; 256];
    let mut set = 0;
    while set < 256 {
        let (places, count) = places(set);
        let mut to = 0;
        while to < count {
            table[set][2 * to] = 2 * places[to];
            table[set][2 * to + 1] = 2 * places[to] + 1;
            to += 1;
        }
        set += 1;
    }
    table
};
