using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Mutation;

/// <summary>A change that is compiled into the assembly and can be switched on.</summary>
/// <param name="Id">From 1 on, within one session.</param>
/// <param name="MemberId">The member that holds it: coverage is collected by member.</param>
/// <param name="File">Relative to the project, with forward slashes.</param>
/// <param name="Occurrence">Which of several like changes in one member, from 0.</param>
/// <param name="OncePerProcess">It sits in a type's initialisation: a process that is already running never sees it.</param>
internal sealed record Mutant(
    int Id, int MemberId, string File, int Line, string Member, string Before, string After, int Occurrence, bool OncePerProcess, Mutation Mutation)
{
    /// <summary>Names it across sessions, and does not change when lines move.</summary>
    public string Key => string.Join(" | ", File, Member, Mutation.Kind, Before, After, Occurrence);

    /// <summary>A number that depends on the key alone, by which samples are drawn.</summary>
    public ulong Draw => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

    public string Folder => Path.GetDirectoryName(File)!.Replace('\\', '/');
}
