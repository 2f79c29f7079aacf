using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>The encodings that .NET knows, under its names and those of Python and iconv.</summary>
internal static class CodePages
{
    /// <returns>Null where there is no such encoding.</returns>
    public static Encoding? Find(string name)
    {
        string plain = Plain(name.Trim().ToLowerInvariant());
        try
        {
            // What a code page lacks becomes U+FFFD, not the question mark of its own, which a text may hold.
            var damaged = new DecoderReplacementFallback("\uFFFD");
            return CodePagesEncodingProvider.Instance.GetEncoding(plain, EncoderFallback.ReplacementFallback, damaged)
                ?? Encoding.GetEncoding(plain, EncoderFallback.ReplacementFallback, damaged);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            // .NET knows UTF-7, but reads it no longer.
            return null;
        }
    }

    private static string Plain(string name)
    {
        string bare = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return bare switch
        {
            "cp932" or "sjis" or "shiftjis" => "shift_jis",
            "cp936" or "gbk" or "gb2312" or "gb18030" => "gb18030",
            "cp949" or "uhc" or "euckr" => "ks_c_5601-1987",
            "cp950" or "big5" or "big5hkscs" => "big5",
            "eucjp" => "euc-jp",
            "macroman" or "mac" => "macintosh",
            "maccyrillic" => "x-mac-cyrillic",
            "maclatin2" or "macce" => "x-mac-ce",
            "tis620" or "cp874" => "windows-874",
            // Known to .NET by these names, and not as ibm858 and ibm875.
            "cp858" or "cp875" => bare,
            _ when bare.StartsWith("cp125", StringComparison.Ordinal) => "windows-" + bare[2..],
            _ when bare.StartsWith("windows125", StringComparison.Ordinal) => "windows-" + bare[7..],
            _ when bare.StartsWith("cp", StringComparison.Ordinal) && int.TryParse(bare[2..], out int page) && page is >= 437 and < 900 => $"ibm{page}",
            _ when bare.StartsWith("iso8859", StringComparison.Ordinal) && bare.Length > 7 => "iso-8859-" + bare[7..],
            _ when bare.StartsWith("koi8", StringComparison.Ordinal) && bare.Length > 4 => "koi8-" + bare[4..],
            _ => name,
        };
    }
}
