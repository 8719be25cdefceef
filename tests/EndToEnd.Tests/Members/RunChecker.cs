namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// Judges what containers wrote down themselves: a pod runs on one machine, which is the one that the API says, and
/// never twice at once; nor do two pods of one name. What is not to be started again never is, and no container is
/// started that is not counted. At rest those live that the API says run, and no others. Each index of a complete Job
/// counts once, for a pod that came to its end.
/// </summary>
internal static class RunChecker
{
    public static IEnumerable<string> Problems(Runs runs)
    {
        var pods = runs.Pods.ToDictionary(pod => pod.Uid);
        return
        [
            .. runs.Starts.Where(start => start.Beside.Length > 0).Select(start =>
                $"doubled: {start.Pod} ({start.Uid}) began on machine {start.Machine} while {start.Beside} lived"),
            .. runs.Starts.GroupBy(start => start.Uid).SelectMany(
                starts => StartProblems([.. starts], pods.GetValueOrDefault(starts.Key))),
            .. LifeProblems(runs),
            .. runs.Jobs.SelectMany(job => JobProblems(job, runs)),
        ];
    }

    private static IEnumerable<string> StartProblems(IReadOnlyList<ContainerStart> starts, PodSeen? pod)
    {
        var (name, machines) = ($"{starts[0].Pod} ({starts[0].Uid})", starts.Select(start => start.Machine).Distinct());
        if (machines.Count() > 1)
        {
            yield return $"doubled: {name} ran on machines {string.Join(", ", machines)}";
        }

        if (starts.DistinctBy(start => start.Container).Count() < starts.Count)
        {
            yield return $"{name}: a container was started twice";
        }

        if (pod is null)
        {
            yield break;
        }

        if (machines.FirstOrDefault(machine => machine != pod.Machine) is var other and > 0)
        {
            yield return $"{name} ran on machine {other}, and the API says {pod.Machine}";
        }

        if (pod.RunsOnce && starts.Count > 1)
        {
            yield return $"doubled: {name} was started {starts.Count} times, and never is again";
        }

        if (starts.Count > pod.Restarts + 1)
        {
            yield return $"{name} was started {starts.Count} times, and the API counts {pod.Restarts} restarts";
        }
    }

    private static IEnumerable<string> LifeProblems(Runs runs)
    {
        var running = runs.Pods.Where(pod => pod.Phase == "Running").Select(pod => pod.Name).ToHashSet();
        foreach (var missing in running.Except(runs.Alive).Order(StringComparer.Ordinal))
        {
            yield return $"{missing} runs, says the API, and no container of it lives";
        }

        foreach (var stray in runs.Alive.Except(running).Order(StringComparer.Ordinal))
        {
            yield return $"a container of {stray} lives, and the API knows nothing of it";
        }
    }

    private static IEnumerable<string> JobProblems(JobSeen job, Runs runs)
    {
        if (job.Succeeded != job.Completions)
        {
            yield return $"{job.Name} is complete with {job.Succeeded} of {job.Completions}";
        }

        var done = runs.Done.Select(one => (one.Uid, one.Index)).ToHashSet();
        var counted = runs.Pods.Where(pod => pod.Job == job.Name && pod.Phase == "Succeeded").ToList();
        foreach (var pod in counted.Where(pod => !done.Contains((pod.Uid, pod.Index ?? ""))))
        {
            yield return $"{pod.Name} has succeeded, says the API, and did not come to its end";
        }

        foreach (var twice in counted.GroupBy(pod => pod.Index).Where(group => group.Count() > 1))
        {
            yield return $"{job.Name}: index {twice.Key} counts {twice.Count()} times";
        }
    }
}
