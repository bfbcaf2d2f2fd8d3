//! What can be written where: fields, their docs, defaults and ranges, as data. One `schema!` around a type is the
//! source of its definition, of how it is read, of every suggestion and of `explain`. Knows no text and no place.

use crate::time::SimDuration;

/// Ten years: nothing simulated takes longer.
pub(in crate::scenario) const LONGEST: SimDuration = SimDuration::from_secs(10 * 365 * 24 * 3600);

/// The highest rate, per second.
pub(in crate::scenario) const FASTEST: f64 = 1e9;

/// A type of the language.
#[derive(Debug)]
pub(in crate::scenario) struct TypeInfo {
    /// Its name in the documentation.
    pub(in crate::scenario) name: &'static str,
    /// What it is, line by line.
    pub(in crate::scenario) docs: &'static [&'static str],
    /// How it is written: one form for a structure, several to choose from for a choice.
    pub(in crate::scenario) forms: &'static [FormInfo],
    /// Whether one of the forms must be named.
    pub(in crate::scenario) choice: bool,
}

/// One way to write a value of a type: `Fifo(capacity: 5)`.
#[derive(Debug)]
pub(in crate::scenario) struct FormInfo {
    /// Its name.
    pub(in crate::scenario) name: &'static str,
    /// What it means, line by line.
    pub(in crate::scenario) docs: &'static [&'static str],
    /// Its values in order.
    pub(in crate::scenario) fields: &'static [FieldInfo],
    /// Whether the first value may stand alone: `"2ms"` for `Constant("2ms")`.
    pub(in crate::scenario) bare: bool,
}

/// One value of a form.
#[derive(Debug)]
pub(in crate::scenario) struct FieldInfo {
    /// Its name as written.
    pub(in crate::scenario) name: &'static str,
    /// What it means, line by line.
    pub(in crate::scenario) docs: &'static [&'static str],
    /// What it is if it is not written, in the language itself.
    pub(in crate::scenario) default: Option<&'static str>,
    /// What numbers are allowed.
    pub(in crate::scenario) rule: Rule,
    /// What kind of value it takes.
    pub(in crate::scenario) shape: Shape,
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) enum Shape {
    /// A value without inner structure; the words say which.
    Leaf(&'static str),
    /// A value of a type of the language. Behind a function, because types contain each other.
    Type(fn() -> &'static TypeInfo),
    /// `[...]`.
    List(&'static Shape),
    /// `{...}`.
    Map(&'static Shape),
    /// A value or `None`.
    Optional(&'static Shape),
}

/// Which numbers a field takes, and in which unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::scenario) enum Rule {
    /// Whatever its type holds.
    Any,
    /// A whole number without a unit.
    Count {
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
    },
    /// A number without a unit.
    Factor {
        /// The smallest allowed.
        min: f64,
        /// Whether `min` itself is refused.
        above: bool,
        /// The largest allowed.
        max: f64,
    },
    /// `"5%"`.
    Share {
        /// Whether zero is refused.
        above: bool,
        /// The largest allowed, 1 for 100 %.
        max: f64,
    },
    /// `"80/s"`, up to [`FASTEST`].
    PerSecond,
    /// `"250ms"`.
    Duration {
        /// The shortest allowed.
        min: SimDuration,
        /// The longest allowed.
        max: SimDuration,
    },
    /// `"T+10s"`.
    Instant,
    /// `"14:00:00"`.
    Clock,
    /// A share, a duration, a rate or a plain number: what it is depends on what it is compared with.
    Quantity,
    /// A list; a single value stands for a list of one.
    OneOrMore,
    /// A text that is not empty.
    Nonempty,
    /// `"caller -> callee"` or a service; the arrow is brought into one form.
    Edge,
}

impl Rule {
    /// A whole number of this range.
    pub(in crate::scenario) const fn count(min: u64, max: u64) -> Self {
        Self::Count { min, max }
    }

    /// A number of this range.
    pub(in crate::scenario) const fn factor(min: f64, max: f64) -> Self {
        Self::Factor { min, above: false, max }
    }

    /// A number above zero, up to `max`.
    pub(in crate::scenario) const fn positive_factor(max: f64) -> Self {
        Self::Factor { min: 0.0, above: true, max }
    }

    /// A share from 0 % to `max` (1 for 100 %).
    pub(in crate::scenario) const fn share(max: f64) -> Self {
        Self::Share { above: false, max }
    }

    /// A share above 0 %, up to 100 %.
    pub(in crate::scenario) const fn positive_share() -> Self {
        Self::Share { above: true, max: 1.0 }
    }

    /// A length of time above zero.
    pub(in crate::scenario) const fn positive_duration() -> Self {
        Self::Duration { min: SimDuration::from_nanos(1), max: LONGEST }
    }

    /// A length of time of at least so many milliseconds.
    pub(in crate::scenario) const fn duration_from_millis(min: u64) -> Self {
        Self::Duration { min: SimDuration::from_millis(min), max: LONGEST }
    }
}

impl TypeInfo {
    /// The position of a form.
    pub(in crate::scenario) fn form(&self, name: &str) -> Option<usize> {
        self.forms.iter().position(|form| form.name == name)
    }

    /// The form whose first value may stand alone.
    pub(in crate::scenario) fn bare(&self) -> Option<usize> {
        self.forms.iter().position(|form| form.bare)
    }
}

impl FieldInfo {
    /// The default as people write it: without the parentheses that group it in its definition.
    pub(in crate::scenario) fn default_text(&self) -> Option<&'static str> {
        let text = self.default?;
        let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        Some(inner.unwrap_or(text))
    }
}

impl Shape {
    /// The type behind options.
    pub(in crate::scenario) fn solid(self) -> Self {
        match self {
            Self::Optional(inner) => inner.solid(),
            other => other,
        }
    }
}

/// Defines a type and how it is written. Each field: docs, name, the name it is written by if that is no Rust name,
/// type, `= default` (in the language itself, in parentheses if it is more than one token), `where` rule.
/// `foreign` describes a type that is defined elsewhere.
macro_rules! schema {
    (@rule) => { $crate::scenario::read::schema::Rule::Any };
    (@rule $rule:expr) => { $rule };
    (@default) => { None };
    (@default $default:tt) => { Some(stringify!($default)) };
    (@name $name:ident) => { stringify!($name) };
    (@name $name:ident $written:literal) => { $written };
    (@field $doc:tt, $name:ident ($($written:literal)?) $ty:ty, ($($default:tt)?), ($($rule:expr)?)) => {
        $crate::scenario::read::schema::FieldInfo {
            name: schema!(@name $name $($written)?),
            docs: &$doc,
            default: schema!(@default $($default)?),
            rule: schema!(@rule $($rule)?),
            shape: <$ty as $crate::scenario::read::decode::Decode>::SHAPE,
        }
    };

    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        $vis:vis struct $name:ident $(as $form:literal)? {
            $(
                $(#[doc = $fdoc:literal])*
                pub $field:ident $($written:literal)? : $ty:ty $(= $default:tt)? $(where $rule:expr)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        $(#[derive($($derive),*)])?
        $vis struct $name {
            $(
                $(#[doc = $fdoc])*
                $(#[doc = concat!("Default `", stringify!($default), "`.")])?
                pub $field: $ty
            ),*
        }

        impl $crate::scenario::read::decode::Schema for $name {
            fn info() -> &'static $crate::scenario::read::schema::TypeInfo {
                static INFO: $crate::scenario::read::schema::TypeInfo = $crate::scenario::read::schema::TypeInfo {
                    name: stringify!($name),
                    docs: &[$($doc),*],
                    forms: &[$crate::scenario::read::schema::FormInfo {
                        name: schema!(@name $name $($form)?),
                        docs: &[$($doc),*],
                        fields: &[$(
                            schema!(@field [$($fdoc),*], $field ($($written)?) $ty, ($($default)?), ($($rule)?))
                        ),*],
                        bare: false,
                    }],
                    choice: false,
                };
                &INFO
            }

            fn build(
                _form: usize,
                args: &mut $crate::scenario::read::decode::Args,
                cx: &mut $crate::scenario::read::decode::Cx,
            ) -> Option<Self> {
                $(let $field = args.next::<$ty>(cx);)*
                Some(Self { $($field: $field?),* })
            }

            fn amend_part(&mut self, path: &[$crate::scenario::edit::path::Step], from: &Self) {
                let Some((step, rest)) = path.split_first() else { return self.clone_from(from) };
                $(if step.is(schema!(@name $field $($written)?)) {
                    return $crate::scenario::read::decode::Decode::amend(&mut self.$field, rest, &from.$field);
                })*
            }
        }
    };

    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        $(#[serde($($serde:tt)*)])?
        $vis:vis enum $name:ident { $($body:tt)* }
    ) => {
        schema! { @define [$(#[doc = $doc])* $(#[derive($($derive),*)])? $(#[serde($($serde)*)])?] $vis $name { $($body)* } }
        schema! { @forms [$($doc),*] $name { $($body)* } }
    };

    (
        $(#[doc = $doc:literal])*
        foreign enum $name:ident { $($body:tt)* }
    ) => {
        schema! { @forms [$($doc),*] $name { $($body)* } }
    };

    // The values of a form without names for them in Rust, one after another, those before it skipped.
    (@parts ($this:ident $step:ident $rest:ident $from:ident) $variant:ident [$($skip:tt)*]) => {};
    (@parts ($this:ident $step:ident $rest:ident $from:ident) $variant:ident [$($skip:tt)*] $name:ident $($more:ident)*) => {
        if $step.is(stringify!($name))
            && let (Self::$variant($($skip)* old, ..), Self::$variant($($skip)* new, ..)) = (&mut *$this, $from)
        {
            return $crate::scenario::read::decode::Decode::amend(old, $rest, new);
        }
        schema! { @parts ($this $step $rest $from) $variant [$($skip)* _,] $($more)* }
    };

    (@define [$($attributes:tt)*] $vis:vis $name:ident {
        $(
            $(#[doc = $vdoc:literal])*
            $variant:ident
            $({ $(
                $(#[doc = $fdoc:literal])*
                $field:ident $($written:literal)? : $ty:ty $(= $default:tt)? $(where $rule:expr)?
            ),* $(,)? })?
            $(( $(
                $(#[doc = $tdoc:literal])*
                $tname:ident : $tty:ty $(= $tdefault:tt)? $(where $trule:expr)?
            ),* $(,)? ))?
            $(= $bare:ident)?
        ),* $(,)?
    }) => {
        $($attributes)*
        $vis enum $name {
            $(
                $(#[doc = $vdoc])*
                $variant
                $({ $(
                    $(#[doc = $fdoc])*
                    $(#[doc = concat!("Default `", stringify!($default), "`.")])?
                    $field: $ty
                ),* })?
                $(( $($tty),* ))?
            ),*
        }
    };

    (@forms [$($doc:literal),*] $name:ident {
        $(
            $(#[doc = $vdoc:literal])*
            $variant:ident
            $({ $(
                $(#[doc = $fdoc:literal])*
                $field:ident $($written:literal)? : $ty:ty $(= $default:tt)? $(where $rule:expr)?
            ),* $(,)? })?
            $(( $(
                $(#[doc = $tdoc:literal])*
                $tname:ident : $tty:ty $(= $tdefault:tt)? $(where $trule:expr)?
            ),* $(,)? ))?
            $(= $bare:ident)?
        ),* $(,)?
    }) => {
        impl $crate::scenario::read::decode::Schema for $name {
            fn info() -> &'static $crate::scenario::read::schema::TypeInfo {
                static INFO: $crate::scenario::read::schema::TypeInfo = $crate::scenario::read::schema::TypeInfo {
                    name: stringify!($name),
                    docs: &[$($doc),*],
                    forms: &[$($crate::scenario::read::schema::FormInfo {
                        name: stringify!($variant),
                        docs: &[$($vdoc),*],
                        fields: &[
                            $($(
                                schema!(@field [$($fdoc),*], $field ($($written)?) $ty, ($($default)?), ($($rule)?))
                            ),*)?
                            $($(
                                schema!(@field [$($tdoc),*], $tname () $tty, ($($tdefault)?), ($($trule)?))
                            ),*)?
                        ],
                        bare: !concat!("" $(, stringify!($bare))?).is_empty(),
                    }),*],
                    choice: true,
                };
                &INFO
            }

            fn build(
                form: usize,
                args: &mut $crate::scenario::read::decode::Args,
                cx: &mut $crate::scenario::read::decode::Cx,
            ) -> Option<Self> {
                // Types whose forms have no values ask for neither.
                let _ = (&args, &cx);
                let mut position = 0_usize..;
                $(
                    if position.next() == Some(form) {
                        $($(let $field = args.next::<$ty>(cx);)*)?
                        $($(let $tname = args.next::<$tty>(cx);)*)?
                        return Some(Self::$variant $({ $($field: $field?),* })? $(( $($tname?),* ))?);
                    }
                )*
                None
            }

            fn amend_part(&mut self, path: &[$crate::scenario::edit::path::Step], from: &Self) {
                if let Some((step, rest)) = path.split_first() {
                    // Forms without values have no parts.
                    let _ = (step, rest);
                    $($($(
                        if step.is(schema!(@name $field $($written)?))
                            && let (Self::$variant { $field: old, .. }, Self::$variant { $field: new, .. }) =
                                (&mut *self, from)
                        {
                            return $crate::scenario::read::decode::Decode::amend(old, rest, new);
                        }
                    )*)?)*
                    $($(schema! { @parts (self step rest from) $variant [] $($tname)* })?)*
                }
                self.clone_from(from);
            }
        }
    };
}

pub(in crate::scenario) use schema;
