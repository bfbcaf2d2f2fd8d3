using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Polly;
using Polly.CircuitBreaker;

/// <summary>What the breaker counts.</summary>
class Failure : Exception { }

/// <summary>What it is not told to handle.</summary>
class Refused : Exception { }

class RunClock : TimeProvider
{
    public static long Ticks;
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1600000000).AddTicks(Ticks);
}

class Call
{
    public string Name;
    public TaskCompletionSource<bool> End;
    public Task Task;
}

/// <summary>Records what Polly decides, as stories that the conformance tests can tell. See README.md.</summary>
class PollyRecorder
{
    const int Cases = 158;
    /// <summary>Its clock goes in ticks of 100 ns.</summary>
    const long Ms = 10000;
    const long Sec = 1000 * Ms;
    static readonly Random Random = new Random(20260101);
    static readonly SortedDictionary<string, int> Transitions = new SortedDictionary<string, int>();

    readonly List<Call> calls = new List<Call>();
    /// <summary>When parts of its window began, as far as the recorder can tell: what it aims at.</summary>
    readonly List<long> parts = new List<long>();
    readonly CircuitBreakerStateProvider seen = new CircuitBreakerStateProvider();
    readonly ResiliencePipeline pipeline;
    readonly long window, openFor;
    CircuitState state = CircuitState.Closed;
    long since;
    double failing;
    int lines, named;

    static void Main()
    {
        Console.WriteLine("# Polly, recorded by PollyRecorder.cs. Never edited by hand.");
        var lines = 0;
        for (var i = 0; i < Cases; i++)
        {
            Console.WriteLine();
            RunClock.Ticks = 0;
            var story = new PollyRecorder();
            var length = 60 + Random.Next(36);
            while (story.lines < length)
            {
                story.Step();
            }
            lines += story.lines;
        }
        Console.Error.WriteLine($"{Cases} cases, {lines} lines, {string.Join(", ", Transitions)}");
    }

    static T Any<T>(params T[] of) => of[Random.Next(of.Length)];

    PollyRecorder()
    {
        window = Any(500 * Ms, Sec, 3 * Sec, 30 * Sec);
        openFor = Any(500 * Ms, 1500 * Ms, 5 * Sec, 60 * Sec);
        var least = 2 + Random.Next(6);
        var percent = Any(0, 10, 25, 34, 50, 60, 75, 100);
        Console.WriteLine($"Polly(window: \"{window / Ms}ms\", min_calls: {least}, failure_rate: \"{percent}%\", "
            + $"open_for: \"{openFor / Ms}ms\", ignore: Refused)");
        var options = new CircuitBreakerStrategyOptions
        {
            FailureRatio = percent / 100.0,
            MinimumThroughput = least,
            SamplingDuration = TimeSpan.FromTicks(window),
            BreakDuration = TimeSpan.FromTicks(openFor),
            ShouldHandle = new PredicateBuilder().Handle<Failure>(),
            StateProvider = seen,
        };
        pipeline = new ResiliencePipelineBuilder { TimeProvider = new RunClock() }.AddCircuitBreaker(options).Build();
    }

    void Step()
    {
        if (Random.Next(8) == 0)
        {
            failing = Any(0, 0.3, 0.6, 1);
        }
        Pass();
        var what = Random.Next(100);
        if (what < 30 && calls.Count < 6)
        {
            Ask(true);
        }
        else if (what < 60 && calls.Count > 0)
        {
            var call = calls[Random.Next(calls.Count)];
            calls.Remove(call);
            var how = How();
            End(call, how);
            Tell(call.Name + " " + (how == "fail" ? "fails" : how), "");
        }
        else if (what < 86)
        {
            Several();
        }
        else if (what < 92)
        {
            Tell("look", "");
        }
        else
        {
            Ask(what < 98 || lines < 50);
        }
    }

    /// <summary>Time passes, often to an edge: where the breaker changes by time, or a bit before or after.</summary>
    void Pass()
    {
        var now = RunClock.Ticks;
        var how = Random.Next(100);
        if (how >= 42 && how < 58)
        {
            RunClock.Ticks = now - now % Ms + (1 + Random.Next(400)) * Ms;
        }
        else if (how >= 58 && how < 61)
        {
            RunClock.Ticks = now + Random.Next((int)Sec);
        }
        else if (how >= 61 && how < 95)
        {
            RunClock.Ticks = Math.Max(now, Edge(now) + Any(-Ms, -1, 0, 0, 1, 1, Ms));
        }
        else if (how >= 95)
        {
            RunClock.Ticks = now - now % Sec + (1 + Random.Next(5)) * Sec;
        }
    }

    long Edge(long now)
    {
        if (state == CircuitState.Open)
        {
            return since + openFor;
        }
        if (parts.Count == 0)
        {
            return now;
        }
        return Random.Next(2) == 0 ? parts[parts.Count - 1] + window / 10 : parts[0] + window;
    }

    Call Begin()
    {
        var end = new TaskCompletionSource<bool>();
        var task = pipeline.ExecuteAsync(async token => await end.Task);
        return task.Exception?.InnerException is BrokenCircuitException ? null : new Call { End = end, Task = task };
    }

    void Ask(bool toBeEnded)
    {
        var call = Begin();
        if (call == null)
        {
            Tell("ask", "no, ");
        }
        else if (toBeEnded)
        {
            call.Name = Name();
            calls.Add(call);
            Tell("ask " + call.Name, "yes, ");
        }
        else
        {
            Tell("ask", "yes, ");
        }
    }

    /// <summary>Calls one after the other, each ended at once, up to the first that is refused.</summary>
    void Several()
    {
        var how = How();
        int made = 0, wanted = 1 + Random.Next(4);
        while (made < wanted && Begin() is Call call)
        {
            End(call, how);
            made++;
        }
        if (made > 0)
        {
            Tell(made + " " + how, "");
        }
        if (made < wanted)
        {
            Tell("ask", "no, ");
        }
    }

    /// <summary>How a call ends, in the words of a story.</summary>
    string How()
    {
        var what = Random.Next(100);
        return what < 9 ? "ignored" : what < 15 ? "given up" : Random.NextDouble() < failing ? "fail" : "ok";
    }

    void End(Call call, string how)
    {
        switch (how)
        {
            case "ok": call.End.SetResult(true); break;
            case "fail": call.End.SetException(new Failure()); break;
            case "ignored": call.End.SetException(new Refused()); break;
            default: call.End.SetCanceled(); break;
        }
        try
        {
            call.Task.Wait();
        }
        catch (AggregateException)
        {
        }
        var now = RunClock.Ticks;
        parts.RemoveAll(part => now - part >= window);
        if (parts.Count == 0 || now - parts[parts.Count - 1] >= window / 10)
        {
            parts.Add(now);
        }
    }

    void Tell(string what, string answer)
    {
        if (seen.CircuitState != state)
        {
            var change = $"{state} to {seen.CircuitState}";
            Transitions[change] = (Transitions.TryGetValue(change, out var before) ? before : 0) + 1;
            state = seen.CircuitState;
            since = RunClock.Ticks;
            if (state == CircuitState.Closed)
            {
                parts.Clear();
            }
        }
        lines++;
        var word = state == CircuitState.HalfOpen ? "half-open" : state.ToString().ToLower();
        Console.WriteLine($"{Sum(RunClock.Ticks)}: {what} -> {answer}{word}");
    }

    string Name()
    {
        while (true)
        {
            var name = ((char)('a' + named++ % 26)).ToString();
            if (calls.All(call => call.Name != name))
            {
                return name;
            }
        }
    }

    /// <summary>A length of time as a sum: 61s+5ms+100ns.</summary>
    static string Sum(long ticks)
    {
        var parts = new List<string>();
        if (ticks >= Sec || ticks == 0)
        {
            parts.Add(ticks / Sec + "s");
        }
        if (ticks % Sec >= Ms)
        {
            parts.Add(ticks % Sec / Ms + "ms");
        }
        if (ticks % Ms > 0)
        {
            parts.Add(ticks % Ms * 100 + "ns");
        }
        return string.Join("+", parts);
    }
}
