namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>128 bits of hash. Not <see cref="UInt128"/>: code that touches that type cannot be compiled ahead of time, and rows
/// hold one each.</summary>
internal readonly record struct TextHash(ulong High, ulong Low);
