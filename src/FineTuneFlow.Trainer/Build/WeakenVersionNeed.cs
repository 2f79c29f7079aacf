using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>A build task: marks a version that a shared library needs of another one as weak (VER_FLG_WEAK, "Linux Standard Base Core
/// Specification", symbol versioning), in a copy of the library, where the machine's libstdc++ does not have it. A link into the
/// package folder is replaced by a copy first.</summary>
// Public: MSBuild finds no others.
public sealed class WeakenVersionNeed : Task
{
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    [Required]
    public string Folder { get; set; }

    [Required]
    public string File { get; set; }

    [Required]
    public string Need { get; set; }

    public override bool Execute()
    {
        if (!Directory.Exists(Folder) || MachineHasIt())
        {
            return true;
        }

        foreach (string file in Directory.GetFiles(Folder, File, SearchOption.AllDirectories))
        {
            byte[] library = System.IO.File.ReadAllBytes(file);
            if (Mark(library))
            {
                string part = file + ".part";
                System.IO.File.WriteAllBytes(part, library);
                System.IO.File.Delete(file);
                System.IO.File.Move(part, file);
                Log.LogMessage(MessageImportance.High, file + ": the need of " + Need + " is weak now, as this machine's libstdc++ is older.");
            }
        }

        return true;
    }

    /// <returns>Whether something was changed.</returns>
    private bool Mark(byte[] elf)
    {
        bool changed = false;
        long sections = BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3A);
        int count = BitConverter.ToUInt16(elf, 0x3C);
        for (int i = 0; i < count; i++)
        {
            long section = sections + ((long)i * size);
            if (BitConverter.ToUInt32(elf, (int)section + 4) != VersionNeeds)
            {
                continue;
            }

            long strings = sections + ((long)BitConverter.ToUInt32(elf, (int)section + 0x28) * size);
            long names = BitConverter.ToInt64(elf, (int)strings + 0x18);
            long need = BitConverter.ToInt64(elf, (int)section + 0x18);
            uint next;
            do
            {
                long version = need + BitConverter.ToUInt32(elf, (int)need + 8);
                uint step;
                do
                {
                    if (Name(elf, names + BitConverter.ToUInt32(elf, (int)version + 8)) == Need && (BitConverter.ToUInt16(elf, (int)version + 4) & Weak) == 0)
                    {
                        elf[version + 4] |= (byte)Weak;
                        changed = true;
                    }

                    step = BitConverter.ToUInt32(elf, (int)version + 12);
                    version += step;
                }
                while (step != 0);
                next = BitConverter.ToUInt32(elf, (int)need + 12);
                need += next;
            }
            while (next != 0);
        }

        return changed;
    }

    private static string Name(byte[] elf, long start)
    {
        long end = start;
        while (elf[end] != 0)
        {
            end++;
        }

        return Encoding.ASCII.GetString(elf, (int)start, (int)(end - start));
    }

    private bool MachineHasIt()
    {
        foreach (string folder in new[] { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" })
        {
            string library = Path.Combine(folder, "libstdc++.so.6");
            if (System.IO.File.Exists(library))
            {
                return Encoding.ASCII.GetString(System.IO.File.ReadAllBytes(library)).Contains(Need);
            }
        }

        // Not where it usually lies, or another C library: what needs no mending is not harmed by it.
        return false;
    }
}
