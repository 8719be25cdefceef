using System.Diagnostics;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>Runs a program to its end, bounded, with nothing on its standard input but what is given.</summary>
internal static class Tool
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    public static async Task<Output> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null,
        string input = "", TimeSpan? timeout = null)
    {
        var list = arguments.ToList();
        using var process = Start(program, list, environment);
        using var deadline = new CancellationTokenSource(timeout ?? DefaultTimeout);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var command = $"{Path.GetFileName(program)} {string.Join(' ', list)}";
        try
        {
            await GiveAsync(process, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            var partial = new Output(command, -1, await output, await errors);
            throw new TimeoutException($"still running after {timeout ?? DefaultTimeout}: {partial}");
        }
        return new(command, process.ExitCode, await output, await errors);
    }

    private static async Task GiveAsync(Process process, string input, CancellationToken deadline)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, or closed its input, before it had read all.
        }
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started");
    }
}
