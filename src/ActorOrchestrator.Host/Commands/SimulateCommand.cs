using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator simulate</c>: runs the whole control plane on virtual time.</summary>
internal static class SimulateCommand
{
    /// <summary>Runs that a reduction may take: enough to halve a hundred happenings down to a handful.</summary>
    private const int ShrinkRunsMax = 300;

    /// <summary>Quiet is not silent: a campaign of hours shows how far it is.</summary>
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShrinkLongest = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var command = new Command(
            "simulate", "Run control plane, gateway and node agents on virtual time, with faults drawn from a seed, "
            + "and hold every guarantee against what happens. The same seed gives the same trace.")
        {
            Seed, Seeds, Hours, Nodes, Members, Only, Quiet, Shrink, Parallel, Minutes, UntilFailure,
        };
        command.SetAction((result, cancellation) => Task.FromResult(
            result.GetValue(Seeds) is { } range ? RunMany(result, range, cancellation) : RunOne(result)));
        return command;
    }

    private static readonly Option<ulong> Seed = new("--seed") { Description = "What everything is drawn from." };

    private static readonly Option<(ulong First, ulong Last)?> Seeds = new("--seeds")
    {
        Description = "Many runs instead, such as 1-200: a line each, without traces.",
        CustomParser = ParseRange,
    };

    private static readonly Option<double> Hours = new Option<double>("--hours")
    {
        DefaultValueFactory = _ => 1,
        Description = "Virtual hours of load and faults.",
    }.AtLeast(0.01);

    private static readonly Option<int?> Nodes = new Option<int?>("--nodes")
    {
        Description = "Machines; drawn from the seed when not given.",
    }.AtLeast(1);

    private static readonly Option<int?> Members = new Option<int?>("--members")
    {
        Description = "Members of the control plane; drawn from the seed when not given.",
    }.AtLeast(1);

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Of all operations and faults only these, such as control-kill#1,deployment-scale#3.",
    };

    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "No trace: options and verdict only.",
    };

    private static readonly Option<bool> Shrink = new("--shrink")
    {
        Description = "Reduce a run that fails to what its failure needs.",
    };

    private static readonly Option<int> Parallel = new Option<int>("--parallel")
    {
        DefaultValueFactory = _ => Environment.ProcessorCount,
        Description = "Runs at once, of many.",
    }.AtLeast(1);

    private static readonly Option<double?> Minutes = new Option<double?>("--minutes")
    {
        Description = "Begin no more runs after so many minutes of real time.",
    }.AtLeast(0);

    private static readonly Option<bool> UntilFailure = new("--until-failure")
    {
        Description = "Of many runs begin no more once one has failed.",
    };

    private static int RunOne(ParseResult result)
    {
        var only = result.GetValue(Only)?.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var options = SimulationOptions.Draw(
            result.GetValue(Seed), result.GetValue(Hours), result.GetValue(Nodes), result.GetValue(Members)) with
        {
            Only = only is null ? null : new SortedSet<string>(only, StringComparer.Ordinal),
        };
        if (options.OnlyProblem is { } problem)
        {
            return Failures.Show($"--only {problem}");
        }

        using var output = new StreamWriter(Console.OpenStandardOutput());
        output.WriteLine(options);
        var verdict = Simulation.Run(options, result.GetValue(Quiet) ? null : output);
        output.WriteLine(verdict);
        if (verdict.HasPassed)
        {
            return 0;
        }

        if (result.GetValue(Shrink))
        {
            Reduce(verdict, output);
        }

        return 1;
    }

    private static int RunMany(
        ParseResult result, (ulong First, ulong Last) range, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var longest = result.GetValue(Minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : TimeSpan.MaxValue;
        var total = new CampaignTotal();
        var failed = new List<Verdict>();
        var shown = began;
        Campaign.Run(
            Range(range).Select(seed => SimulationOptions.Draw(
                seed, result.GetValue(Hours), result.GetValue(Nodes), result.GetValue(Members))),
            result.GetValue(Parallel),
            (verdict, took) =>
            {
                total.Add(verdict);
                if (!result.GetValue(Quiet) || !verdict.HasPassed)
                {
                    Console.Out.WriteLine(CampaignTotal.Line(verdict, took));
                }
                else if (Stopwatch.GetElapsedTime(shown) > ProgressEvery)
                {
                    shown = Stopwatch.GetTimestamp();
                    Console.Error.WriteLine(total.Progress(Stopwatch.GetElapsedTime(began)));
                }

                if (!verdict.HasPassed)
                {
                    failed.Add(verdict);
                }

                var isEnough = failed.Count > 0 && result.GetValue(UntilFailure);
                return !isEnough && Stopwatch.GetElapsedTime(began) < longest;
            },
            cancellation);
        if (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("interrupted: what was running is not counted");
        }

        var report = total.Report(Stopwatch.GetElapsedTime(began));
        foreach (var verdict in failed.TakeWhile(_ => result.GetValue(Shrink) && !cancellation.IsCancellationRequested))
        {
            Reduce(verdict, Console.Out);
        }

        Console.Out.WriteLine(report);
        return total.Failed == 0 ? 0 : 1;
    }

    private static void Reduce(Verdict failing, TextWriter output)
    {
        var smallest = new Shrinker(ShrinkRunsMax, ShrinkLongest).Shrink(failing);
        output.WriteLine($"seed {failing.Options.Seed} reduced to: {SeedLine.Of(smallest.Options)}");
        output.WriteLine($"  {smallest.Failure}");
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
