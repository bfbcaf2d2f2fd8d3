import com.twitter.finagle.service.RetryBudget
import com.twitter.util.Duration
import java.util.Random

/** Records what Finagle's RetryBudget allows. See README.md. */
object FinagleRecorder {
  val Cases = 150
  val random = new Random(20260101)
  /** Its clock goes in whole milliseconds. */
  var now = 0L

  def any[T](of: T*): T = of(random.nextInt(of.size))

  def main(arguments: Array[String]): Unit = {
    println("# Finagle's retry budget, recorded by FinagleRecorder.scala. Never edited by hand.")
    for (_ <- 1 to Cases) {
      println()
      now = 0
      val ttl = any(1000L, 1500L, 2010L, 10000L, 60000L)
      val least = any(0, 0, 1, 2, 10)
      val percent = any(0, 5, 10, 20, 30, 50, 70, 100)
      println(s"""Finagle(ttl: "${ttl}ms", min_per_s: $least, share: "$percent%")""")
      val budget = RetryBudget(Duration.fromMilliseconds(ttl), least, percent / 100.0, () => now)
      var began = 0L
      for (_ <- 1 to 60 + random.nextInt(36)) {
        val before = now
        // Around a slice, which is a tenth of its time, and around all of them.
        now = random.nextInt(10) match {
          case 0 | 1 | 2 | 3 => now
          case 4 | 5 => now + 1 + random.nextInt(ttl.toInt / 20)
          case 6 | 7 | 8 => math.max(now, began + ttl / 10 + random.nextInt(3) - 1)
          case _ => math.max(now, began + any(2, 8, 9, 10, 11) * ttl / 10 + random.nextInt(3) - 1)
        }
        // A slice is closed by whoever comes when its time is over.
        if (now - began >= ttl / 10) began = now
        if (random.nextInt(2) == 0) {
          val firsts = any(1, 1, 2, 3, 5, 10, 20)
          for (_ <- 1 to firsts) budget.deposit()
          println(s"${now}ms: $firsts first")
        } else {
          val asked = any(1, 1, 2, 3, 10)
          val allowed = (1 to asked).count(_ => budget.tryWithdraw())
          println(s"${now}ms: $asked ask -> $allowed may")
        }
      }
    }
  }
}
