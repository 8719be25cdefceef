using System.CommandLine;
using System.CommandLine.Parsing;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Transcripts;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator simulate</c>: runs the whole control plane on virtual time.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "What everything is drawn from." };
        var seeds = new Option<(ulong First, ulong Last)?>("--seeds")
        {
            Description = "Many runs instead, such as 1-200: a line each, without traces.",
            CustomParser = ParseRange,
        };
        var hours = new Option<double>("--hours")
        {
            DefaultValueFactory = _ => 1,
            Description = "Virtual hours of load and faults.",
        };
        var nodes = new Option<int?>("--nodes") { Description = "Machines; drawn from the seed when not given." };
        var quiet = new Option<bool>("--quiet") { Description = "No trace: options and verdict only." };
        var parallel = new Option<int>("--parallel")
        {
            DefaultValueFactory = _ => Environment.ProcessorCount,
            Description = "Runs at once, of many.",
        };
        var script = new Option<FileInfo?>("--script")
        {
            Description = "A transcript to run instead: kubectl and world commands; prints it with what they print.",
        };
        var command = new Command(
            "simulate", "Run control plane, gateway and node agents on virtual time, with faults drawn from a seed, and "
            + "hold every guarantee against what happens. The same seed gives the same trace.")
        {
            seed, seeds, hours, nodes, quiet, parallel, script,
        };
        command.SetAction(result =>
        {
            if (result.GetValue(script) is { } file)
            {
                Console.Out.Write(Transcript.Run(File.ReadAllText(file.FullName)));
                return 0;
            }

            SimulationOptions Draw(ulong of) =>
                SimulationOptions.Draw(of, result.GetValue(hours), result.GetValue(nodes));
            return result.GetValue(seeds) is { } range
                ? RunMany(Range(range).Select(Draw), result.GetValue(parallel))
                : RunOne(Draw(result.GetValue(seed)), result.GetValue(quiet));
        });
        return command;
    }

    private static int RunOne(SimulationOptions options, bool quiet)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput());
        output.WriteLine(options);
        var verdict = Simulation.Run(options, quiet ? null : output);
        output.WriteLine(verdict);
        return verdict.HasPassed ? 0 : 1;
    }

    private static int RunMany(IEnumerable<SimulationOptions> runs, int parallel)
    {
        var (passed, failed) = (0, 0);
        Campaign.Run(runs, parallel, (verdict, took) =>
        {
            passed += verdict.HasPassed ? 1 : 0;
            failed += verdict.HasPassed ? 0 : 1;
            Console.Out.WriteLine(
                $"seed {verdict.Options.Seed,-6} {verdict.Elapsed.TotalHours,5:0.00} h {verdict.Events,7} events "
                + $"{took.TotalSeconds,6:0.00} s  {verdict.Fingerprint:x16}  "
                + (verdict.Failure is { } failure ? $"FAILED {failure}" : "passed"));
            return true;
        });
        Console.Out.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static IEnumerable<ulong> Range((ulong First, ulong Last) range)
    {
        for (var seed = range.First; seed <= range.Last; seed++)
        {
            yield return seed;
        }
    }

    private static (ulong First, ulong Last)? ParseRange(ArgumentResult argument)
    {
        var parts = argument.Tokens[0].Value.Split('-');
        if (parts.Length == 2 && ulong.TryParse(parts[0], out var first) && ulong.TryParse(parts[1], out var last)
            && first <= last)
        {
            return (first, last);
        }

        argument.AddError($"'{argument.Tokens[0].Value}' is no range of seeds such as 1-200");
        return null;
    }
}
