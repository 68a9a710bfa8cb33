// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Abort`]: why an instruction is not completed.

use super::{
    bus::Bus,
    cpu::Stop,
    exceptions::Exception, //
};

/// Why an instruction is not completed.
pub(super) enum Abort<E> {
    /// The processor calls a handler.
    Exception(Exception),
    /// The interpreter returns to its caller.
    Stop(Stop<E>),
}

/// What comes of a part of an instruction on a bus of type `B`.
pub(super) type Outcome<B, T = ()> = Result<T, Abort<<B as Bus>::Stop>>;

impl<E> Abort<E> {
    pub(super) fn bus(error: E) -> Self {
        Abort::Stop(Stop::Bus(error))
    }
}

impl<E> From<Exception> for Abort<E> {
    fn from(exception: Exception) -> Self {
        Abort::Exception(exception)
    }
}
