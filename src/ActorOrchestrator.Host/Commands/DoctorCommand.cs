using System.CommandLine;
using System.Globalization;
using ActorOrchestrator.Host.Doctor;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator doctor</c>: what is wrong with this machine.</summary>
internal static class DoctorCommand
{
    private const string Indent = "        ";

    public static Command Create()
    {
        var config = MachineOptions.Config();
        var (machine, member) = (new MachineOptions(), new MemberOptions());
        var command = new Command("doctor", "Look at this machine as a server with these settings would need it, or "
            + "'orchestrator node run' if it has joined to run pods only, and say what is wrong and what to do. "
            + "Changes nothing. The exit code is 1 if the server would not work.")
        {
            config,
        };
        member.AddTo(command);
        machine.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            () => ServerSettings.Load(result.GetValue(config), [.. member.Read(result), .. machine.Read(result)]),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Func<ServerSettings> load, CancellationToken cancellation)
    {
        try
        {
            var settings = load();
            var counts = new Dictionary<Severity, int>();
            await foreach (var finding in Examination.RunAsync(settings, cancellation))
            {
                counts[finding.Severity] = counts.GetValueOrDefault(finding.Severity) + 1;
                Console.Write(TextOf(finding));
            }

            var faults = counts.GetValueOrDefault(Severity.Fault);
            var warnings = counts.GetValueOrDefault(Severity.Warning);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{counts.Values.Sum()} checks, {warnings} warnings, {faults} faults"));
            return faults > 0 ? 1 : 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }

    /// <summary>A line, and what to do on a second one.</summary>
    public static string TextOf(Finding finding)
    {
        var mark = finding.Severity switch
        {
            Severity.Good => "ok",
            Severity.Warning => "warning",
            _ => "FAULT",
        };
        var line = $"{mark,-7} {finding.Area}: {finding.Sentence}\n";
        return finding.Advice is { } advice ? $"{line}{Indent}{advice}\n" : line;
    }
}
