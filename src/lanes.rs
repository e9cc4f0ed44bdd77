//! For each set of eight places of a vector what moves their numbers to the front: tables that
//! stand in for an instruction that AVX2 does not have.

/// The order of eight numbers, those of the set first; behind them the first of all again.
pub(crate) static FRONT_OF_8: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut from, mut to) = (0, 0);
        while from < 8 {
            if set >> from & 1 == 1 {
                table[set][to] = from;
                to += 1;
            }
            from += 1;
        }
        set += 1;
    }
    table
};

/// The same for eight numbers of 16 bits, byte by byte; 0 behind those of the set.
pub(crate) static FRONT_OF_8_HALVES: [[u8; 16]; 256] = {
    let mut table = [[0x80; 16]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut from, mut to) = (0, 0);
        while from < 8 {
            if set >> from & 1 == 1 {
                table[set][to] = 2 * from;
                table[set][to + 1] = 2 * from + 1;
                to += 2;
            }
            from += 1;
        }
        set += 1;
    }
    table
};
