using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using ActorOrchestrator.Streams.Commands;
using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>A terminal (pty(7)): what is written to it a process reads as typed, and the other way round.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const int NameBytesMax = 64;

    private readonly SafeFileHandle _main;

    private PseudoTerminal(SafeFileHandle main, string path)
    {
        (_main, Path) = (main, path);
        Stream = new FileStream(main, FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Where a process opens its end.</summary>
    public string Path { get; }

    /// <summary>Our end. Reading fails when the last process has closed its own.</summary>
    public FileStream Stream { get; }

    /// <exception cref="IOException">The system gives no more of them.</exception>
    public static PseudoTerminal Open()
    {
        var main = Native.posix_openpt(ReadWrite | NoControllingTerminal | CloseOnExec);
        var name = new byte[NameBytesMax];
        if (main.IsInvalid || Native.grantpt(main) != 0 || Native.unlockpt(main) != 0
            || Native.ptsname_r(main, name, name.Length) != 0)
        {
            var why = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
            main.Dispose();
            throw new IOException($"no terminal can be had: {why}");
        }

        return new PseudoTerminal(main, Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0)));
    }

    /// <summary>The process in front gets SIGWINCH.</summary>
    public void Resize(TerminalSize size)
    {
        var window = new Native.WindowSize { Rows = size.Height, Columns = size.Width };
        _ = Native.ioctl(_main, Native.SetWindowSize, ref window);
    }

    public void Dispose() => Stream.Dispose();

    private static class Native
    {
        public const nuint SetWindowSize = 0x5414;

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern SafeFileHandle posix_openpt(int flags);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int grantpt(SafeFileHandle main);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int unlockpt(SafeFileHandle main);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ptsname_r(SafeFileHandle main, byte[] name, nint length);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ioctl(SafeFileHandle main, nuint request, ref WindowSize size);

        [StructLayout(LayoutKind.Sequential)]
        public struct WindowSize
        {
            public ushort Rows;
            public ushort Columns;
            public ushort PixelsAcross;
            public ushort PixelsDown;
        }
    }
}
