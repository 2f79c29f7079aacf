using Microsoft.CodeAnalysis;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <param name="Node">The declaration; of an accessor the accessor itself, or the property where it is an expression.</param>
/// <param name="Code">The part that is mutated.</param>
internal sealed record Member(int Id, string File, string Name, MemberKind Kind, SyntaxNode Node, SyntaxNode Code, bool OncePerProcess);
