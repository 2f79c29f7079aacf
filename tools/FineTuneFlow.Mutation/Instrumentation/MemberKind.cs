namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>How a member takes its mutants in.</summary>
internal enum MemberKind
{
    /// <summary>A method: one copy of it for each mutant, and the method itself only chooses.</summary>
    Method,

    /// <summary>A property's or an indexer's accessor: the same.</summary>
    Accessor,

    /// <summary>A constructor, which alone may set what is read-only: one block for each mutant.</summary>
    Constructor,

    /// <summary>The value that a field or property starts with: a conditional expression.</summary>
    Initialiser,

    /// <summary>A constant: a property with a conditional expression, where none of its uses needs a constant.</summary>
    Constant,
}
